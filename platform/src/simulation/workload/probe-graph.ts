/**
 * The job that every seed runs: source → hash by `k` → ledger → hash by `j` → totals → egress, with late events going
 * straight to the egress. The operators are probes (`ledger-operator.ts`, `totals-operator.ts`): keyed state with counts, so that what is
 * lost, doubled or out of order shows, and windows closed by event-time timers.
 */
import type { TypedTree } from '../../expression/index.js';
import { UNTYPED } from '../../expression/index.js';
import type { CheckpointSettings, RestartSettings } from '../../job/graph-settings.js';
import type { PatternNode, PatternRule, SinkNode, SourceNode, StreamGraph } from '../../job/stream-graph.js';

export const SOURCE = 'ingresses.events';
export const LEDGER = 'patterns.ledger';
export const TOTALS = 'patterns.totals';
export const EGRESS = 'egresses.out';

export interface ProbeGraphOptions {
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** In event time, ms: out of order by more is late. */
  readonly disorder: number;
  readonly checkpoint: CheckpointSettings;
  readonly restart: RestartSettings;
}

export function probeGraph(options: ProbeGraphOptions): StreamGraph {
  const { parallelism, maxParallelism, disorder, checkpoint, restart } = options;
  return {
    version: 1,
    name: 'probe',
    settings: {
      parallelism,
      maxParallelism,
      stateDir: '/state',
      baseDir: '/',
      maxRecordBytes: 1 << 20,
      checkpoint,
      restart,
      state: { backend: 'heap' },
      memory: { stateBytes: 1 << 28, networkBytes: 1 << 26 },
    },
    tables: [],
    sources: [sourceNode(disorder)],
    operators: [probe(LEDGER, 'ledger', SOURCE, 'events', 'k'), probe(TOTALS, 'totals', 'rules.ledger', 'ledger', 'j')],
    sinks: [SINK],
    edges: [
      { from: SOURCE, to: LEDGER, tag: 'main', partition: 'hash' },
      { from: SOURCE, to: EGRESS, tag: 'late', partition: 'rebalance' },
      { from: LEDGER, rule: 'ledger', to: TOTALS, tag: 'main', partition: 'hash' },
      { from: TOTALS, rule: 'totals', to: EGRESS, tag: 'main', partition: 'rebalance' },
    ],
  };
}

function sourceNode(maxOutOfOrderness: number): SourceNode {
  return {
    id: SOURCE,
    name: 'events',
    connector: { type: 'simulated', options: {} },
    format: { type: 'plain', options: {} },
    schema: UNTYPED,
    time: { kind: 'event', field: ['t'], format: 'epoch-millis', maxOutOfOrderness, order: 'sorted' },
    onBadRecord: 'fail',
  };
}

const SINK: SinkNode = {
  id: EGRESS,
  name: 'out',
  connector: { type: 'simulated', options: {} },
  format: { type: 'plain', options: {} },
  delivery: 'exactly-once',
};

/** A keyed node whose operator the simulator makes: the rule only names what comes out of it. */
function probe(id: string, rule: string, from: string, name: string, key: string): PatternNode {
  return { kind: 'pattern', id, inputs: [{ from, name, key: [field(key)] }], rules: [placeholder(rule)] };
}

function field(name: string): TypedTree {
  return {
    text: name,
    root: {
      kind: 'field',
      of: { kind: 'current' },
      path: [name],
      type: { kind: 'string' },
      start: 0,
      end: name.length,
    },
  };
}

function placeholder(name: string): PatternRule {
  return {
    name,
    severity: 'low',
    tags: [],
    body: 'stages',
    select: [],
    fields: UNTYPED,
    message: [],
    onError: 'fail',
    fingerprint: name,
    pattern: { stages: [], skip: { kind: 'none' } },
  };
}
