import type { Problem } from './problem.js';
import type { Syntax } from './syntax.js';
export type ParseResult =
  { readonly ok: true; readonly ast: Syntax } | { readonly ok: false; readonly problems: readonly Problem[] };
export function parseExpression(_text: string): ParseResult {
  throw new Error('not written yet');
}
