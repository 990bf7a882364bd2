/** What is wrong with an expression's text. */
import type { expressionCodes } from '../common/diagnostic-codes/expression.js';

export type ProblemCode = keyof typeof expressionCodes;

export interface Problem {
  readonly code: ProblemCode;
  /** One line, without the final full stop, and without the suggestion. */
  readonly message: string;
  /** Offsets in the expression's text, in UTF-16 units; `end` is exclusive and never before `start`. */
  readonly start: number;
  readonly end: number;
  /** The nearest valid name, for "did you mean". */
  readonly suggestion?: string;
  /** What to do about it, as a sentence. */
  readonly hint?: string;
}
