/**
 * Collects what the planner finds, each finding at its place in the file. Planning goes on after an error, so that all
 * errors come out at once.
 */
import type { Diagnostic, DiagnosticCode } from '../common/diagnostic.js';
import type { Problem } from '../expression/index.js';
import { problemDiagnostic } from '../expression/problem-diagnostic.js';
import type { ExpressionText } from '../spec/application.js';
import type { Path, Positions } from '../spec/positions.js';

export interface Details {
  /** Point at the key that introduces the value, not at the value. */
  readonly part?: 'key' | 'value';
  readonly help?: string;
  readonly suggestion?: string;
  readonly related?: readonly { readonly message: string; readonly path: Path }[];
}

export class Findings {
  readonly #diagnostics: Diagnostic[] = [];

  constructor(readonly positions: Positions) {}

  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics;
  }

  /** With errors the application is refused; with warnings alone it runs. */
  get errorCount(): number {
    return this.#diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  }

  error(code: DiagnosticCode, message: string, path: Path, details: Details = {}): void {
    this.#add('error', code, message, path, details);
  }

  warning(code: DiagnosticCode, message: string, path: Path, details: Details = {}): void {
    this.#add('warning', code, message, path, details);
  }

  /** A problem of an expression, at its words in the file. */
  problem(problem: Problem, expression: ExpressionText): void {
    const range = this.positions.locateInExpression(expression, problem.start, problem.end);
    this.#diagnostics.push(problemDiagnostic(problem, range));
  }

  /** A warning at some words of an expression. */
  warningIn(
    code: DiagnosticCode,
    message: string,
    expression: ExpressionText,
    words: { readonly start: number; readonly end: number },
    details: Pick<Diagnostic, 'suggestion' | 'help'>,
  ): void {
    const range = this.positions.locateInExpression(expression, words.start, words.end);
    this.#diagnostics.push({ code, severity: 'warning', message, range, ...details });
  }

  #add(severity: 'error' | 'warning', code: DiagnosticCode, message: string, path: Path, details: Details): void {
    const related = details.related?.map((other) => ({
      message: other.message,
      range: this.positions.locate(other.path),
    }));
    this.#diagnostics.push({
      code,
      severity,
      message,
      range: this.positions.locate(path, details.part ?? 'value'),
      ...(details.suggestion === undefined ? {} : { suggestion: details.suggestion }),
      ...(details.help === undefined ? {} : { help: details.help }),
      ...(related === undefined ? {} : { related }),
    });
  }
}
