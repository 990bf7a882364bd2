/**
 * The tasks of a job: chains of vertices that run in one task, named by their head. Plain data.
 *
 * Invariants
 * - Every vertex is in one task. All vertices of a task have its parallelism.
 * - Tasks stand in the order of their heads in the JobGraph: producers before consumers.
 */
import { invariant } from '../common/errors.js';
import type { JobEdge, JobGraph, JobVertex } from '../job/job-graph.js';

export interface TaskInput {
  /** The producer's task. */
  readonly from: string;
  /** `blocking`: the consumer begins when the producer has finished. */
  readonly exchange: 'pipelined' | 'blocking';
}

export interface JobTask {
  /** The head vertex's id. */
  readonly id: string;
  /** The head, then what is chained to it. */
  readonly vertices: readonly JobVertex[];
  readonly parallelism: number;
  /** Checkpoints begin here. */
  readonly isSource: boolean;
  readonly inputs: readonly TaskInput[];
}

export function tasksOf({ vertices, edges }: JobGraph): readonly JobTask[] {
  const chainedTo = new Map(edges.filter(({ chained }) => chained).map(({ from, to }) => [to, from]));
  const headOf = (vertex: string): string => {
    const producer = chainedTo.get(vertex);
    return producer === undefined ? vertex : headOf(producer);
  };
  const chains = new Map<string, JobVertex[]>();
  for (const vertex of vertices) {
    const head = headOf(vertex.id);
    const chain = chains.get(head);
    if (chain === undefined) chains.set(head, [vertex]);
    else chain.push(vertex);
  }
  return [...chains].map(([id, chain]) => toTask(id, chain, edges, headOf));
}

function toTask(
  id: string,
  vertices: readonly JobVertex[],
  edges: readonly JobEdge[],
  headOf: (vertex: string) => string,
): JobTask {
  const [head] = vertices;
  invariant(head?.id === id, `${id} heads its chain`);
  const inputs = edges
    .filter(({ chained, to }) => !chained && headOf(to) === id)
    .map(({ from, exchange }): TaskInput => ({ from: headOf(from), exchange: exchange ?? 'pipelined' }));
  return { id, vertices, parallelism: head.parallelism, isSource: head.operator.kind === 'source', inputs };
}
