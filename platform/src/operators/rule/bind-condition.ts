/** Makes a plan's condition callable: the step's `from` and the typed tree, compiled and bound to the tables. */
import { compileCondition, type Condition, type EvaluationLayout } from '../../expression/index.js';
import type { ConditionDescriptor } from '../../job/stream-graph.js';

export function bindCondition(descriptor: ConditionDescriptor, layout: EvaluationLayout): Condition {
  const { from, tree } = descriptor;
  const condition = tree === undefined ? undefined : compileCondition(tree, layout);
  if (from === undefined) return condition ?? (() => true);
  const [only] = from;
  const accepts = from.length === 1 ? (source: string) => source === only : (source: string) => from.includes(source);
  if (condition === undefined) return (record) => accepts(record.source);
  return (record, captured, key) => accepts(record.source) && condition(record, captured, key);
}
