import type { Problem } from './problem.js';
/** Text, or an expression with the offset in the template at which it starts. */
export type TemplatePart = string | { readonly text: string; readonly start: number };
/** Splits `Card {{ card }}: {{ n }} probes`. */
export function parseTemplate(_template: string): {
  readonly parts: readonly TemplatePart[];
  readonly problems: readonly Problem[];
} {
  throw new Error('not written yet');
}
