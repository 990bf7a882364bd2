/** The plan that a state was saved under against the one that is to go on with it. */
import type { CheckpointBarrier } from '../../job/checkpoint-barrier.js';
import { GraphIndex } from '../../job/graph-index.js';
import type { GraphSettings } from '../../job/graph-settings.js';
import type { SinkNode, SourceNode, StreamGraph } from '../../job/stream-graph.js';
import type { Compatibility, MatchRestore, StateChange } from './compatibility.js';
import { compareEgress, compareIngress } from './endpoints.js';
import { compareFunctions } from './functions.js';
import { goneEgresses, goneIngresses, goneRules } from './gone.js';
import { compareMatches } from './matches.js';
import { pairsOf, renamesOf, type Pairs } from './pairs.js';
import { hasState, placedRules, sameInputs, type PlacedRule, type StreamContext } from './placed-rule.js';
import { StreamBreaks } from './stream-breaks.js';
import { compareSuppression } from './suppression.js';

/**
 * @param saved a checkpoint is in the backend's own form and divided into its key groups; a savepoint fits every backend
 *   and is divided anew where the number of key groups is another
 */
export function comparePlans(
  before: StreamGraph,
  after: StreamGraph,
  saved: CheckpointBarrier['type'] = 'checkpoint',
): Compatibility {
  const comparison = new Comparison();
  const refusal = saved === 'checkpoint' ? formOf(before.settings, after.settings) : undefined;
  if (refusal !== undefined) return { ...comparison.result(), refusal };
  const ingresses = pairsOf(before.sources, after.sources);
  const rules = pairsOf(placedRules(before), placedRules(after));
  const egresses = pairsOf(before.sinks, after.sinks);
  const ids = new Map([
    ...ingresses.kept.map((pair) => [pair.after.id, pair.before.id] as const),
    ...rules.kept.map((pair) => [`rules.${pair.after.name}`, `rules.${pair.before.name}`] as const),
  ]);
  const names = new Map([...renamesOf(ingresses), ...renamesOf(rules)]);
  const breaks = new StreamBreaks(new GraphIndex(before), new GraphIndex(after), ids);
  comparison.ingresses(ingresses);
  comparison.rules(rules, { ids, names, breaks });
  comparison.egresses(egresses);
  const functions = compareFunctions(before, after);
  comparison.keep(functions.kept);
  comparison.say(...goneIngresses(ingresses), ...goneRules(rules), ...goneEgresses(egresses), ...functions.changes);
  return comparison.result();
}

/** Why a checkpoint, as it lies on disk, cannot be read. */
function formOf(before: GraphSettings, after: GraphSettings): string | undefined {
  const [was, is] = [before.maxParallelism, after.maxParallelism];
  if (was !== is)
    return `it is divided into ${was} key groups, and settings.maxParallelism is ${is}; write maxParallelism: ${was}, or begin with a savepoint`;
  if (before.state.backend === 'rocksdb' && after.state.backend === 'heap')
    return 'it is a checkpoint of RocksDB, and settings.state.backend is heap; write backend: rocksdb, or begin with a savepoint';
  return undefined;
}

/** What was found so far. */
class Comparison {
  readonly #changes: StateChange[] = [];
  readonly #nodes = new Map<string, string>();
  readonly #matches = new Map<string, MatchRestore>();
  readonly #suppressions = new Set<string>();
  readonly #clocks = new Set<string>();

  result(): Compatibility {
    const [nodes, matches] = [this.#nodes, this.#matches];
    const restore = { nodes, matches, suppressions: this.#suppressions, clocks: this.#clocks };
    return { changes: this.#changes, restore };
  }

  say(...changes: readonly StateChange[]): void {
    this.#changes.push(...changes);
  }

  /** Under the names that they have. */
  keep(nodes: readonly string[]): void {
    for (const id of nodes) this.#nodes.set(id, id);
  }

  ingresses({ kept, added }: Pairs<SourceNode>): void {
    for (const { before, after } of kept) {
      const { changes, keepsState, keepsClock } = compareIngress(before, after);
      this.say(...changes);
      if (keepsState) this.#nodes.set(before.id, after.id);
      if (keepsClock) this.#clocks.add(after.name);
    }
    this.say(
      ...added.map(({ id }): StateChange => ({ subject: id, effect: 'new', message: 'is read from its beginning' })),
    );
  }

  rules({ kept, added }: Pairs<PlacedRule>, context: StreamContext): void {
    for (const { before, after } of kept) this.#rule(before, after, context);
    for (const { name, rule } of added)
      if (hasState(rule)) this.say({ subject: `rules.${name}`, effect: 'new', message: 'sees what comes from now on' });
  }

  #rule(before: PlacedRule, after: PlacedRule, context: StreamContext): void {
    const subject = `rules.${after.name}`;
    const matches = compareMatches(before, after, context);
    const suppression = compareSuppression(before, after, context);
    const changes = [...matches.changes, ...suppression.changes];
    this.say(...changes.map((change) => ({ subject, ...change })));
    if (before.name !== after.name && hasState(before.rule) && changes.length === 0)
      this.say({ subject, effect: 'kept', message: `goes on as what was "${before.name}"` });
    if (matches.restore !== undefined) this.#matches.set(after.name, matches.restore);
    if (suppression.kept) {
      this.#suppressions.add(after.name);
      this.#nodes.set(`rules.${before.name}`, subject);
    }
    // Events that wait for the watermark are those of any rule there, as long as they are what comes from now on.
    const isShared = before.node.kind === 'pattern' && after.node.kind === 'pattern';
    const isWhole = after.node.inputs.every(({ from }) => context.breaks.of(from) === undefined);
    if (isShared && isWhole && sameInputs(before.node, after.node, context))
      this.#nodes.set(before.node.id, after.node.id);
  }

  egresses({ kept }: Pairs<SinkNode>): void {
    for (const { before, after } of kept) {
      const { changes, keepsState } = compareEgress(before, after);
      this.say(...changes);
      if (keepsState) this.#nodes.set(before.id, after.id);
    }
  }
}
