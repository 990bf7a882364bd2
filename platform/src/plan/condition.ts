/**
 * Conditions of rules and steps as the engine takes them: split into the part that looks at the event alone, which is
 * evaluated once an event for all rules of a node, and the part that looks at the match.
 *
 * A condition holds when its value is true and at no other value, so `a && b` may be taken apart: both hold exactly when
 * the whole does, also with absent fields and errors.
 */
import { conjunction, fingerprint, readsCaptured } from '../expression/index.js';
import type { TypedTree } from '../expression/tree.js';
import type { ConditionDescriptor } from '../job/stream-graph.js';
import { fingerprintOf } from './fingerprint.js';

/** At most two conditions, the event's own first; none when everything fits. */
export function splitConditions(
  trees: readonly TypedTree[],
  from: readonly string[] | undefined,
): ConditionDescriptor[] {
  const operands = trees.flatMap(operandsOf);
  const ofEvent = operands.filter((tree) => !readsCaptured(tree));
  const ofMatch = operands.filter(readsCaptured);
  const conditions: ConditionDescriptor[] = [];
  if (ofEvent.length > 0 || from !== undefined) conditions.push(conditionOf(ofEvent, from));
  if (ofMatch.length > 0) conditions.push(conditionOf(ofMatch));
  return conditions;
}

export function conditionOf(trees: readonly TypedTree[], from?: readonly string[]): ConditionDescriptor {
  const tree = trees.length === 0 ? undefined : conjunction(trees);
  return {
    id: fingerprintOf(from === undefined ? null : [...from].sort(), trees.map(fingerprint)),
    eventOnly: !trees.some(readsCaptured),
    ...(from === undefined ? {} : { from }),
    ...(tree === undefined ? {} : { tree }),
  };
}

/** The operands of a tree's outermost `&&`. */
function operandsOf(tree: TypedTree): TypedTree[] {
  const { root } = tree;
  if (root.kind !== 'logical' || root.operator !== '&&') return [tree];
  return root.operands.flatMap((operand) => operandsOf({ ...tree, root: operand }));
}
