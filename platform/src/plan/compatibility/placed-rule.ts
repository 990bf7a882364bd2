/** A rule with the node that runs it, and what two plans say of the streams that rules read. */
import { fingerprint } from '../../expression/index.js';
import { rulesOf } from '../../job/graph-index.js';
import type { OperatorInput, OperatorNode, PatternRule, RuleDescriptor, StreamGraph } from '../../job/stream-graph.js';
import type { StreamBreaks } from './stream-breaks.js';

export interface PlacedRule {
  readonly name: string;
  readonly renamedFrom?: string;
  readonly rule: RuleDescriptor | PatternRule;
  readonly node: OperatorNode;
}

export interface StreamContext {
  /** Ids of streams that both plans have (`ingresses.x`, `rules.y`), after to before. */
  readonly ids: ReadonlyMap<string, string>;
  /** Their names, of those that changed. */
  readonly names: ReadonlyMap<string, string>;
  readonly breaks: StreamBreaks;
}

export function placedRules({ operators }: StreamGraph): readonly PlacedRule[] {
  return operators.flatMap((node) => rulesOf(node).map((rule) => ({ ...nameOf(rule), rule, node })));
}

function nameOf({ name, renamedFrom }: RuleDescriptor): Pick<PlacedRule, 'name' | 'renamedFrom'> {
  return renamedFrom === undefined ? { name } : { name, renamedFrom };
}

/** Whether a rule remembers anything: a filter looks at each event by itself. */
export function hasState(rule: RuleDescriptor | PatternRule): boolean {
  return 'pattern' in rule || rule.suppress !== undefined;
}

export function sameStreams(before: OperatorNode, after: OperatorNode, { ids }: Pick<StreamContext, 'ids'>): boolean {
  return sameTexts(
    before.inputs.map(({ from }) => from),
    after.inputs.map(({ from }) => ids.get(from) ?? from),
  );
}

/** Whether the same streams are read by the same keys, in whatever order they are written. */
export function sameInputs(before: OperatorNode, after: OperatorNode, { ids }: Pick<StreamContext, 'ids'>): boolean {
  const text = ({ key }: OperatorInput, from: string) => JSON.stringify([from, key.map(fingerprint)]);
  return sameTexts(
    before.inputs.map((input) => text(input, input.from)),
    after.inputs.map((input) => text(input, ids.get(input.from) ?? input.from)),
  );
}

function sameTexts(before: readonly string[], after: readonly string[]): boolean {
  return before.length === after.length && [...before].sort().every((text, index) => text === [...after].sort()[index]);
}
