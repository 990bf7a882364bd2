/**
 * The job that every seed runs: source → hash by `k` → ledger → hash by `j` → totals → egress, with late events going
 * straight to the egress. In some worlds events come back to the ledger over a feedback edge, from the totals or from the
 * ledger itself. The operators are probes (`ledger-operator.ts`, `totals-operator.ts`): keyed state with counts, so that what is
 * lost, doubled or out of order shows, and windows closed by event-time timers.
 */
import type { TypedTree } from '../../expression/index.js';
import { UNTYPED } from '../../expression/index.js';
import type { CheckpointSettings, RestartSettings } from '../../job/graph-settings.js';
import type {
  PatternNode,
  PatternDescriptor,
  SinkNode,
  SourceNode,
  StreamEdge,
  StreamGraph,
} from '../../job/stream-graph.js';
import { functionEdges, functionNode, type FunctionStreams } from '../functions/functions-graph.js';
import type { FunctionsOptions, LoopOptions } from './input-events.js';
import { PATTERN_RULES, ruleOf } from './pattern-rules.js';

export const SOURCE = 'ingresses.events';
export const LEDGER = 'patterns.ledger';
export const TOTALS = 'patterns.totals';
/** What the production operators of rules run. */
export const RULES = 'patterns.rules';
export const EGRESS = 'egresses.out';

/** The rule whose records go round the loop. */
export const AGAIN = 'again';

export interface ProbeGraphOptions {
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** In event time, ms: out of order by more is late. */
  readonly disorder: number;
  readonly checkpoint: CheckpointSettings;
  readonly restart: RestartSettings;
  readonly loop?: LoopOptions;
  readonly hasRules: boolean;
  readonly functions?: FunctionsOptions;
}

export function probeGraph(options: ProbeGraphOptions): StreamGraph {
  const { parallelism, maxParallelism, disorder, checkpoint, restart, loop, hasRules, functions } = options;
  return {
    version: 1,
    name: 'probe',
    settings: {
      parallelism,
      maxParallelism,
      stateDir: '/state',
      baseDir: '/',
      maxRecordBytes: 1 << 20,
      bufferTimeout: 0,
      checkpoint,
      restart,
      state: { backend: 'heap' },
      memory: { stateBytes: 1 << 28, networkBytes: 1 << 26 },
    },
    tables: [],
    sources: [sourceNode(disorder)],
    operators: [...operators(loop), ...(hasRules ? [ruleNode()] : [])],
    ...(functions === undefined ? {} : { functions: functionNode(functions, STREAMS) }),
    sinks: [SINK],
    edges: [
      ...EDGES,
      ...(loop === undefined ? [] : [feedbackEdge(loop)]),
      ...(hasRules ? ruleEdges() : []),
      ...(functions === undefined ? [] : functionEdges(STREAMS)),
    ],
  };
}

const EDGES: readonly StreamEdge[] = [
  { from: SOURCE, to: LEDGER, tag: 'main', partition: 'hash' },
  { from: SOURCE, to: EGRESS, tag: 'late', partition: 'rebalance' },
  { from: LEDGER, rule: 'ledger', to: TOTALS, tag: 'main', partition: 'hash' },
  { from: TOTALS, rule: 'totals', to: EGRESS, tag: 'main', partition: 'rebalance' },
];

function ruleNode(): PatternNode {
  return { kind: 'pattern', id: RULES, inputs: [input(SOURCE, 'events', 'k')], rules: PATTERN_RULES };
}

function ruleEdges(): StreamEdge[] {
  return [
    { from: SOURCE, to: RULES, tag: 'main', partition: 'hash' },
    ...PATTERN_RULES.map(({ name }): StreamEdge => {
      return { from: RULES, rule: name, to: EGRESS, tag: 'main', partition: 'rebalance' };
    }),
  ];
}

function feedbackEdge({ from }: LoopOptions): StreamEdge {
  return {
    from: from === 'short' ? LEDGER : TOTALS,
    rule: AGAIN,
    to: LEDGER,
    tag: 'main',
    partition: 'hash',
    feedback: true,
  };
}

function operators(loop: LoopOptions | undefined): PatternNode[] {
  const events = input(SOURCE, 'events', 'k');
  const again = input(`rules.${AGAIN}`, AGAIN, 'k');
  return [
    probe(
      LEDGER,
      loop === undefined ? [events] : [events, again],
      loop?.from === 'short' ? ['ledger', AGAIN] : ['ledger'],
    ),
    probe(TOTALS, [input('rules.ledger', 'ledger', 'j')], loop?.from === 'long' ? ['totals', AGAIN] : ['totals']),
  ];
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

const NO_PATTERN: PatternDescriptor = { stages: [], skip: { kind: 'none' } };

/** A keyed node whose operator the simulator makes: its rules only name what comes out of it. */
function probe(id: string, inputs: PatternNode['inputs'], rules: readonly string[]): PatternNode {
  return { kind: 'pattern', id, inputs, rules: rules.map((name) => ruleOf(name, NO_PATTERN)) };
}

/** The same trees in all worlds, so that they are compiled once. */
const KEYS = { k: [field('k')], j: [field('j')] };

const STREAMS: FunctionStreams = { source: SOURCE, sink: EGRESS, id: field('k'), parcel: field('parcel') };

function input(from: string, name: string, key: keyof typeof KEYS): PatternNode['inputs'][number] {
  return { from, name, key: KEYS[key] };
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
