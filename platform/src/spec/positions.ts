/**
 * Where things stand in the source text.
 *
 * Invariants
 * - A path names a place of the *written* file: `['rules', 'card-testing', 'pattern', 'steps', 1, 'where']`.
 * - A path that goes deeper than what was written gives the deepest place that exists.
 */
import type { SourceRange } from '../common/diagnostic.js';
import type { ExpressionText } from './application.js';

export type Path = readonly (string | number)[];

export interface Positions {
  /** The range of a path's value (default) or of the key that introduces it. */
  locate(path: Path, part?: 'key' | 'value'): SourceRange;
  /** Offsets (UTF-16 units) within the scalar at `path`, as the parser gave its text, to a range of the file. */
  locateInText(path: Path, start: number, end: number): SourceRange;
  /** Offsets within an expression's text to a range of the file. */
  locateInExpression(expression: ExpressionText, start: number, end: number): SourceRange;
}
