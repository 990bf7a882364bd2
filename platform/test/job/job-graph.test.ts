import assert from 'node:assert/strict';
import type { TypedTree } from '../../src/expression/tree.js';
import { UNTYPED } from '../../src/expression/type.js';
import { buildJobGraph, type JobEdge } from '../../src/job/job-graph.js';
import type { OperatorNode, RuleDescriptor, SourceNode, StreamEdge, StreamGraph } from '../../src/job/stream-graph.js';

const FIELD: TypedTree = {
  text: 'cardId',
  root: { kind: 'field', of: { kind: 'current' }, path: ['cardId'], type: { kind: 'dyn' }, start: 0, end: 6 },
};

function rule(name: string, more: Partial<RuleDescriptor> = {}): RuleDescriptor {
  return {
    name,
    severity: 'medium',
    tags: [],
    body: 'event',
    select: [],
    fields: UNTYPED,
    message: [],
    onError: 'skip',
    fingerprint: name,
    ...more,
  };
}

function source(name: string): SourceNode {
  return {
    id: `ingresses.${name}`,
    name,
    connector: { type: 'file', options: {} },
    format: { type: 'json', options: {} },
    schema: UNTYPED,
    time: { kind: 'ingestion', maxOutOfOrderness: 0, order: 'sorted' },
    onBadRecord: 'fail',
  };
}

function filter(name: string, from: string, more: Partial<RuleDescriptor> = {}): OperatorNode {
  return { kind: 'filter', id: `rules.${name}`, inputs: [{ from, name: from, key: [] }], rule: rule(name, more) };
}

function pattern(name: string, from: readonly string[], key: readonly TypedTree[] = [FIELD]): OperatorNode {
  return {
    kind: 'pattern',
    id: `patterns.${name}`,
    inputs: from.map((one) => ({ from: one, name: one, key })),
    rules: [{ ...rule(name), body: 'stages', pattern: { stages: [], skip: { kind: 'none' } } }],
  };
}

function graph(
  parallelism: number,
  sources: readonly SourceNode[],
  operators: readonly OperatorNode[],
  edges: readonly StreamEdge[],
): StreamGraph {
  return {
    version: 1,
    name: 'g',
    settings: {
      parallelism,
      maxParallelism: 128,
      stateDir: '/s',
      baseDir: '/b',
      maxRecordBytes: 1,
      bufferTimeout: 0,
      restart: { strategy: 'none' },
      state: { backend: 'heap' },
      memory: { stateBytes: 1, networkBytes: 1 },
    },
    tables: [],
    sources,
    operators,
    sinks: [
      {
        id: 'egresses.out',
        name: 'out',
        connector: { type: 'stdout', options: {} },
        format: { type: 'json', options: {} },
        delivery: 'none',
      },
    ],
    edges,
  };
}

const edge = (from: string, to: string, partition: StreamEdge['partition'], ruleName?: string): StreamEdge => ({
  from,
  to,
  tag: 'main',
  partition,
  ...(ruleName === undefined ? {} : { rule: ruleName }),
});

const chained = (edges: readonly JobEdge[]): string[] =>
  edges.filter((e) => e.chained).map((e) => `${e.from} → ${e.to}`);

describe('the job graph', () => {
  const keyed = (parallelism: number): StreamGraph =>
    graph(
      parallelism,
      [source('a')],
      [pattern('p', ['ingresses.a'])],
      [edge('ingresses.a', 'patterns.p', 'hash'), edge('patterns.p', 'egresses.out', 'rebalance', 'p')],
    );

  it('chains a keyed operator to its source only when both are one subtask', () => {
    assert.deepEqual(chained(buildJobGraph(keyed(1)).edges), ['ingresses.a → patterns.p']);
    assert.deepEqual(chained(buildJobGraph(keyed(2)).edges), []);
  });

  it('gives a keyed edge the key of the consumer’s input', () => {
    const [first] = buildJobGraph(keyed(2)).edges;
    assert.deepEqual(first?.key, { by: 'expressions', trees: [FIELD] });
  });

  it('never chains a sink, and runs it in one subtask', () => {
    const job = buildJobGraph(keyed(4));
    assert.equal(job.vertices.find((vertex) => vertex.id === 'egresses.out')?.parallelism, 1);
  });

  const writers: [given: number, parallelism: number, written: number][] = [
    [2, 4, 2],
    [8, 4, 4],
  ];
  for (const [given, parallelism, expected] of writers) {
    it(`runs a sink that may have ${given} writers in ${expected} subtasks of a job with ${parallelism}`, () => {
      const plan = keyed(parallelism);
      const sinks = plan.sinks.map((sink) => ({ ...sink, parallelism: given }));
      const job = buildJobGraph({ ...plan, sinks });
      assert.equal(job.vertices.find((vertex) => vertex.id === 'egresses.out')?.parallelism, expected);
    });
  }

  it('runs a pattern without a key in one subtask', () => {
    const job = buildJobGraph(
      graph(4, [source('a')], [pattern('p', ['ingresses.a'], [])], [edge('ingresses.a', 'patterns.p', 'hash')]),
    );
    assert.equal(job.vertices.find((vertex) => vertex.id === 'patterns.p')?.parallelism, 1);
  });

  it('does not chain an operator that reads two streams', () => {
    const job = buildJobGraph(
      graph(
        1,
        [source('a'), source('b')],
        [pattern('p', ['ingresses.a', 'ingresses.b'])],
        [edge('ingresses.a', 'patterns.p', 'hash'), edge('ingresses.b', 'patterns.p', 'hash')],
      ),
    );
    assert.deepEqual(chained(job.edges), []);
    assert.deepEqual(
      job.edges.map((e) => e.input),
      [0, 1],
    );
  });

  it('chains a filter at every parallelism and lets it take late records', () => {
    const job = buildJobGraph(
      graph(4, [source('a')], [filter('f', 'ingresses.a')], [edge('ingresses.a', 'rules.f', 'forward')]),
    );
    assert.deepEqual(chained(job.edges), ['ingresses.a → rules.f']);
    assert.equal(job.edges[0]?.timeless, true);
  });

  it('puts suppression between a rule and those who read its alerts, and hashes by what it suppresses', () => {
    const job = buildJobGraph(
      graph(
        2,
        [source('a')],
        [filter('f', 'ingresses.a', { suppress: { for: 1, by: [] } })],
        [edge('ingresses.a', 'rules.f', 'forward'), edge('rules.f', 'egresses.out', 'rebalance', 'f')],
      ),
    );
    assert.deepEqual(
      job.edges.map((e) => `${e.from} → ${e.to}: ${e.partition}`),
      [
        'rules.f → rules.f/suppress: hash',
        'ingresses.a → rules.f: forward',
        'rules.f/suppress → egresses.out: rebalance',
      ],
    );
    assert.deepEqual(job.edges[0]?.key, { by: 'suppression' });
    assert.equal(job.edges[1]?.timeless, false);
  });

  it('puts the head of a loop before those who send back to it, and chains nothing to it', () => {
    const loop: StreamEdge = {
      ...{ from: 'rules.tail', rule: 'tail', to: 'rules.head', tag: 'main', partition: 'forward', feedback: true },
    };
    const filters = [
      filter('tail', 'rules.head'),
      {
        ...filter('head', 'ingresses.in'),
        inputs: ['ingresses.in', 'rules.tail'].map((from) => ({ from, name: from, key: [] })),
      },
    ];
    const edges: StreamEdge[] = [
      { from: 'ingresses.in', to: 'rules.head', tag: 'main', partition: 'forward' },
      { from: 'rules.head', rule: 'head', to: 'rules.tail', tag: 'main', partition: 'forward' },
      loop,
    ];
    const { vertices, edges: built } = buildJobGraph(graph(2, [source('in')], filters, edges));
    assert.deepEqual(
      vertices.map(({ id }) => id),
      ['ingresses.in', 'rules.head', 'rules.tail', 'egresses.out'],
    );
    const told = built.map(({ to, input, chained, feedback }) => [to, input, chained, feedback]);
    assert.deepEqual(told, [
      ['rules.head', 0, false, undefined],
      ['rules.tail', 0, true, undefined],
      ['rules.head', 1, false, true],
    ]);
    const open = edges.map(({ feedback: _, ...edge }) => edge);
    assert.throws(() => buildJobGraph(graph(2, [source('in')], filters, open)), /circle/);
  });
});
