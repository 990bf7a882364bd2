import type { Condition, EvaluationLayout, ValueOf } from './evaluation.js';
import type { TypedTree } from './tree.js';
/** True where the expression's value is true; false for every other value, absent fields and errors. Never throws. */
export function compileCondition(_tree: TypedTree, _layout: EvaluationLayout = {}): Condition {
  throw new Error('not written yet');
}
export function compileValue(_tree: TypedTree, _layout: EvaluationLayout = {}): ValueOf {
  throw new Error('not written yet');
}
