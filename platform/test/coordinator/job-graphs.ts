/** Job graphs for tests of the control plane: vertices without insides. */
import { UNTYPED } from '../../src/expression/type.js';
import type { JobEdge, JobGraph, JobOperator, JobVertex } from '../../src/job/job-graph.js';
import type { RuleDescriptor } from '../../src/job/stream-graph.js';

export function ruleNamed(name: string, more: Partial<RuleDescriptor> = {}): RuleDescriptor {
  const plain = { severity: 'medium', tags: [], body: 'event', select: [], fields: UNTYPED, message: [] } as const;
  return { name, ...plain, onError: 'skip', fingerprint: name, ...more };
}

function operator(id: string): JobOperator {
  const name = id.slice(id.indexOf('.') + 1);
  const plain = { id, name, connector: { type: 'x', options: {} }, format: { type: 'json', options: {} } };
  if (id.startsWith('ingresses.')) {
    const time = { kind: 'ingestion', maxOutOfOrderness: 0, order: 'sorted' } as const;
    return { kind: 'source', node: { ...plain, schema: UNTYPED, time, onBadRecord: 'fail' } };
  }
  if (id.startsWith('egresses.')) return { kind: 'sink', node: { ...plain, delivery: 'exactly-once' } };
  return { kind: 'rules', node: { kind: 'filter', id, inputs: [], rule: ruleNamed(name) } };
}

export function vertex(id: string, parallelism: number): JobVertex {
  return { id, operator: operator(id), parallelism };
}

export function edge(from: string, to: string, more: Partial<JobEdge> = {}): JobEdge {
  return { from, tag: 'main', to, input: 0, partition: 'hash', chained: false, timeless: false, ...more };
}

/** source → rule → sink, the rule at `parallelism`, the source at `sources`. */
export function pipeline(name: string, parallelism: number, sources = 1): JobGraph {
  const [source, rule, sink] = [`ingresses.${name}`, `rules.${name}`, `egresses.${name}`];
  return {
    vertices: [vertex(source, sources), vertex(rule, parallelism), vertex(sink, 1)],
    edges: [edge(source, rule), edge(rule, sink)],
  };
}

export function beside(...graphs: readonly JobGraph[]): JobGraph {
  return { vertices: graphs.flatMap(({ vertices }) => vertices), edges: graphs.flatMap(({ edges }) => edges) };
}
