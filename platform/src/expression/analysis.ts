import type { TypedTree } from './tree.js';
/** `field op constant` with the field of the current event. */
export interface Comparison {
  readonly path: readonly string[];
  readonly operator: '==' | '<' | '<=' | '>' | '>=';
  readonly constant: number | string;
}
/** The comparisons that are operands of the condition's conjunction; `complete` when they are all of it. */
export function analyseComparisons(_tree: TypedTree): {
  readonly comparisons: readonly Comparison[];
  readonly complete: boolean;
} {
  throw new Error('not written yet');
}
/** The AND of conditions as one condition. None: true. */
export function conjunction(_trees: readonly TypedTree[]): TypedTree {
  throw new Error('not written yet');
}
/** Equal for trees of the same meaning: ignores positions, formatting and the names of macro variables. */
export function fingerprint(_tree: TypedTree): string {
  throw new Error('not written yet');
}
/** Whether the expression looks at captured events; if not, it depends on the event (and tables) alone. */
export function readsCaptured(_tree: TypedTree): boolean {
  throw new Error('not written yet');
}
