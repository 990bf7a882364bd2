/**
 * Deals the state of a checkpoint out to the subtasks of a job, at whatever parallelism it has now.
 *
 * - Keyed state goes to every subtask whose key groups it overlaps; a reader takes the keys of its own range.
 * - Of operator state `split` entries are dealt out one by one, `union` entries go to all. Of what is
 *   broadcast each has its own again; at another parallelism all are like the first, in their state and in flight.
 * - What was in flight in a channel goes to the consumer that it was on its way to. At another parallelism: to all
 *   consumers where records find theirs by key (each takes those of its key groups), else to one of them.
 * - Staged epochs of subtask i go to subtask i modulo the parallelism.
 *
 * Invariants
 * - The outcome depends on the checkpoint and the job alone.
 * - Nothing is left out silently: state that no operator takes is refused, unless it is allowed to be left.
 */
import { TidegateError } from '../common/errors.js';
import { edgeId, type JobEdge, type JobGraph } from '../job/job-graph.js';
import { keyGroupRange } from '../job/key-groups.js';
import type { RestorePlan } from '../plan/compatibility/index.js';
import type { TaskRestore } from '../rpc/task-execution.js';
import type { JobTask } from '../scheduling/job-task.js';
import type { CheckpointMetadata } from './checkpoint-metadata.js';
import { editedState, NOBODY, underPlan } from './edited-state.js';
import { FormerState } from './former-state.js';
import { ownersOf } from './state-owners.js';

export interface AssignmentOptions {
  readonly maxParallelism: number;
  /** State that no operator takes is left where it is. */
  readonly allowNonRestoredState: boolean;
  /** A later checkpoint may have been completed. */
  readonly rewound: boolean;
  /** Nothing is to come behind the checkpoint. */
  readonly ends?: boolean;
  /** What is kept of the state, where the application was another when it was saved. */
  readonly edit?: RestorePlan | undefined;
}

/** What each subtask is given, by task and subtask. @throws TidegateError TG440, TG441 */
export function assignState(
  saved: CheckpointMetadata,
  tasks: readonly JobTask[],
  graph: JobGraph,
  { maxParallelism, allowNonRestoredState, rewound, ends, edit }: AssignmentOptions,
): ReadonlyMap<string, readonly TaskRestore[]> {
  const metadata = edit === undefined ? saved : underPlan(saved, edit, graph.edges);
  const { checkpoint } = metadata;
  const rehash = metadata.maxParallelism !== maxParallelism;
  if (rehash && metadata.type !== 'savepoint') throw otherMaxParallelism(metadata, maxParallelism);
  const edited = edit === undefined ? {} : { edited: editedState(edit) };
  const edges = new Map(graph.edges.map((edge) => [edgeId(edge), edge]));
  if (!allowNonRestoredState) refuseSurplus(metadata, tasks, edges);
  return new Map(
    tasks.map((task) => {
      const { id, parallelism } = task;
      const former = new FormerState(metadata, task, edges);
      const restores = Array.from({ length: parallelism }, (_, subtask): TaskRestore => {
        const range = rehash ? undefined : keyGroupRange(subtask, maxParallelism, parallelism);
        const snapshot = former.snapshotFor(subtask, range);
        return {
          checkpoint,
          snapshot,
          staged: former.stagedFor(subtask),
          rewound,
          ...(rehash ? { rehash } : {}),
          ...(ends ? { ends } : {}),
          ...(allowNonRestoredState ? { allowNonRestoredState } : {}),
          ...edited,
        };
      });
      return [id, restores];
    }),
  );
}

function refuseSurplus(
  { tasks: former, checkpoint }: CheckpointMetadata,
  tasks: readonly JobTask[],
  edges: ReadonlyMap<string, JobEdge>,
): void {
  const owners = new Set(tasks.flatMap(({ vertices }) => vertices.flatMap(ownersOf)));
  const surplus = new Set<string>();
  for (const { task, subtasks } of former) {
    for (const { snapshot, staged } of subtasks) {
      const named = [...snapshot.operators, ...snapshot.keyed.flatMap(({ states }) => states)];
      for (const { owner } of named) if (!owners.has(owner)) surplus.add(owner);
      for (const { edge } of snapshot.channels) if (!edges.has(edge)) surplus.add(edge);
      if (staged.length > 0 && !owners.has(task)) surplus.add(task);
    }
  }
  surplus.delete(NOBODY);
  if (surplus.size === 0) return;
  const text =
    `checkpoint ${checkpoint} has state that nothing in the application takes: ${[...surplus].sort().join(', ')}. ` +
    'Write renamedFrom where something was renamed, or leave the state behind with --allow-non-restored-state.';
  throw new TidegateError('TG440', text);
}

function otherMaxParallelism({ checkpoint, maxParallelism }: CheckpointMetadata, wanted: number): TidegateError {
  const text =
    `checkpoint ${checkpoint} was divided for maxParallelism ${maxParallelism}, and the application says ${wanted}. ` +
    `Write ${maxParallelism} again; to change it, take a savepoint and start from that.`;
  return new TidegateError('TG441', text);
}
