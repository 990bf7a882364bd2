/**
 * Planned rules as operator nodes: one per filter, one for all pattern rules over the same inputs and keys, so that they
 * share the events of a key and the conditions that look at the event alone.
 *
 * Two rules of a group read the same streams, so neither reads the other's alerts: grouping makes no circle.
 */
import { fingerprint } from '../expression/index.js';
import type { OperatorInput, OperatorNode, PatternRule, RuleDescriptor } from '../job/stream-graph.js';
import { fingerprintOf } from './fingerprint.js';
import type { PlannedRule } from './plan-rule.js';

/** `oldNames`: the names that renamed inputs had, by `from`. */
export function groupRules(planned: readonly PlannedRule[], oldNames: ReadonlyMap<string, string>): OperatorNode[] {
  const nodes = new Map<string, OperatorNode>();
  for (const { inputs, descriptor } of planned) {
    if (!isPatternRule(descriptor)) {
      const id = `rules.${descriptor.name}`;
      nodes.set(id, { kind: 'filter', id, inputs, rule: descriptor });
      continue;
    }
    const id = patternNodeId(inputs);
    const others = nodes.get(id);
    const rules = others?.kind === 'pattern' ? others.rules : [];
    const renamedFrom = patternNodeId(inputs.map((input) => asBefore(input, oldNames)));
    nodes.set(id, {
      kind: 'pattern',
      id,
      ...(renamedFrom === id ? {} : { renamedFrom }),
      inputs,
      rules: [...rules, descriptor],
    });
  }
  return [...nodes.values()];
}

function isPatternRule(descriptor: RuleDescriptor | PatternRule): descriptor is PatternRule {
  return 'pattern' in descriptor;
}

/** `patterns.payments.1f3a09bc`: the streams, and a fingerprint of streams and keys. */
function patternNodeId(inputs: readonly OperatorInput[]): string {
  const meaning = fingerprintOf(inputs.map(({ from, key }) => [from, key.map(fingerprint)]));
  return `patterns.${inputs.map(({ name }) => name).join('+')}.${meaning.slice(0, 8)}`;
}

function asBefore(input: OperatorInput, oldNames: ReadonlyMap<string, string>): OperatorInput {
  const name = oldNames.get(input.from);
  return name === undefined ? input : { ...input, name, from: input.from.replace(/\.[^.]*$/, `.${name}`) };
}
