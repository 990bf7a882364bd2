/** A job of so many tasks: a chain of vertices as wide as there are slots, with a hash exchange between each two. */
import { UNTYPED } from '../../src/expression/type.js';
import type { JobGraph, JobOperator, JobVertex } from '../../src/job/job-graph.js';

const RULE = {
  severity: 'medium',
  tags: [],
  body: 'event',
  select: [],
  fields: UNTYPED,
  message: [],
  onError: 'skip',
} as const;

/** The first vertex is a source, and the others are rules. */
export function wideGraph(depth: number, parallelism: number): JobGraph {
  const vertices = Array.from({ length: depth }, (_, stage): JobVertex => {
    return { id: idOf(stage), operator: operatorOf(stage), parallelism };
  });
  const edges = vertices.slice(1).map(({ id: to }, stage) => {
    const hash = { tag: 'main', input: 0, partition: 'hash', chained: false, timeless: false } as const;
    return { from: idOf(stage), to, ...hash };
  });
  return { vertices, edges };
}

const idOf = (stage: number): string => (stage === 0 ? 'ingresses.in' : `rules.stage-${stage}`);

function operatorOf(stage: number): JobOperator {
  const id = idOf(stage);
  if (stage > 0) {
    const name = `stage-${stage}`;
    return { kind: 'rules', node: { kind: 'filter', id, inputs: [], rule: { name, fingerprint: name, ...RULE } } };
  }
  const node = {
    id,
    name: 'in',
    connector: { type: 'x', options: {} },
    format: { type: 'json', options: {} },
    schema: UNTYPED,
  };
  const time = { kind: 'ingestion', maxOutOfOrderness: 0, order: 'sorted' } as const;
  return { kind: 'source', node: { ...node, time, onBadRecord: 'fail' } };
}
