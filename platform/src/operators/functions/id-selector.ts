/** The id of a function's address, for each record: the value of an expression, as text. */
import { compileValue, EvaluationError, type EvaluationLayout, type TypedTree } from '../../expression/index.js';
import { keyOfId } from '../../functions/function-message.js';
import type { RecordKeyOf } from '../rule/key-selector.js';

/** Undefined for a record that has none: the value is absent, null, erroneous, or of a kind that has no text of its own. */
export function idSelector(tree: TypedTree, layout: EvaluationLayout): RecordKeyOf {
  const valueOf = compileValue(tree, layout);
  return (record) => {
    const value = valueOf(record, undefined, record.alert?.key);
    if (value instanceof EvaluationError) return undefined;
    switch (typeof value) {
      case 'string':
        return keyOfId(value);
      case 'number':
      case 'bigint':
      case 'boolean':
        return keyOfId(String(value));
      default:
        return undefined;
    }
  };
}
