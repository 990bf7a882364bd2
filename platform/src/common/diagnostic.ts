/**
 * A finding about an application file: what `validate` prints and every stage of the front produces.
 *
 * Invariants
 * - Plain data. A code is one of the catalogue's (`diagnostic-codes`), which the page of codes mirrors.
 * - `message` is one line that names the thing and what was found; what to do is in `suggestion` and `help`.
 * - A diagnostic never holds a secret: it quotes the source text, not a replaced placeholder.
 */
import type { DiagnosticCode } from './diagnostic-codes/index.js';

export type { DiagnosticCode } from './diagnostic-codes/index.js';

/** An error refuses the application (exit code 1), a warning does not. */
export type Severity = 'error' | 'warning';

/** A range of a source text. Lines and columns count from 1, columns in UTF-16 units; the end is exclusive. */
export interface SourceRange {
  /** The file as the user named it, or `<text>`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** One line, without the final full stop, and without the suggestion. */
  readonly message: string;
  /** The nearest valid name; printed as `did you mean "..."?` at the end of the first line. */
  readonly suggestion?: string;
  /** What to do, e.g. the corrected lines; may have several lines. */
  readonly help?: string;
  readonly range?: SourceRange;
  /** Other places that belong to it, e.g. where a name was defined first. */
  readonly related?: readonly { readonly message: string; readonly range: SourceRange }[];
}
