/** Thrown by the lexer and the parser and caught where parsing begins: the first thing that is not CEL ends the parse. */
import type { Problem, ProblemCode } from './problem.js';

export class SyntaxProblem extends Error {
  readonly problem: Problem;
  constructor(code: ProblemCode, message: string, start: number, end: number, hint?: string) {
    super(message);
    this.problem = { code, message, start, end: Math.max(end, start), ...(hint === undefined ? {} : { hint }) };
  }
}
