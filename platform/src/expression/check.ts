import type { Problem } from './problem.js';
import type { ExpressionScope } from './scope.js';
import type { Syntax } from './syntax.js';
import type { TypedTree } from './tree.js';
import type { ValueType } from './type.js';
export type CheckResult =
  | { readonly ok: true; readonly tree: TypedTree; readonly type: ValueType }
  | { readonly ok: false; readonly problems: readonly Problem[] };
/** `expect`: what the place needs, e.g. `bool` for a condition; `dyn` values pass. */
export function checkExpression(
  _expression: string | { readonly text: string; readonly ast: Syntax },
  _scope: ExpressionScope,
  _expect?: ValueType['kind'],
): CheckResult {
  throw new Error('not written yet');
}
