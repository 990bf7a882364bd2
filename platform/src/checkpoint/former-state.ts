/**
 * What a checkpoint holds for one task, whichever tasks it was taken from, and how it is dealt out to the task's subtasks.
 */
import type { StagedEpoch } from '@tidegate/connectors/api';
import type { JobEdge } from '../job/job-graph.js';
import { overlaps } from '../job/key-groups.js';
import type { ChannelStateHandle, KeyGroupRange, OperatorStateHandle, SubtaskSnapshot } from '../job/state-handle.js';
import type { JobTask } from '../scheduling/job-task.js';
import type { CheckpointMetadata } from './checkpoint-metadata.js';
import { ownersOf } from './state-owners.js';

export class FormerState {
  readonly #snapshots: readonly SubtaskSnapshot[];
  readonly #owners: ReadonlySet<string>;
  readonly #vertices: ReadonlySet<string>;

  constructor(
    private readonly metadata: CheckpointMetadata,
    private readonly task: JobTask,
    private readonly edges: ReadonlyMap<string, JobEdge>,
  ) {
    this.#snapshots = metadata.tasks.flatMap(({ subtasks }) => subtasks.map(({ snapshot }) => snapshot));
    this.#owners = new Set(task.vertices.flatMap(ownersOf));
    this.#vertices = new Set(task.vertices.map(({ id }) => id));
  }

  /** @param range of key groups; undefined: its keys are found by looking at all */
  snapshotFor(subtask: number, range: KeyGroupRange | undefined): SubtaskSnapshot {
    return {
      keyed: this.#snapshots
        .flatMap(({ keyed }) => keyed)
        .filter(({ states }) => states.some(({ owner }) => this.#owners.has(owner)))
        .filter(({ keyGroups }) => range === undefined || overlaps(keyGroups, range)),
      operators: this.#operatorState(subtask),
      channels: this.#snapshots.flatMap(({ channels }) =>
        channels.filter((channel) => this.#reads(channel, subtask, range === undefined)),
      ),
    };
  }

  stagedFor(subtask: number): readonly StagedEpoch[] {
    return this.metadata.tasks
      .filter(({ task }) => this.#owners.has(task))
      .flatMap(({ subtasks }) => subtasks.flatMap(({ staged }) => staged))
      .filter((epoch) => epoch.subtask % this.task.parallelism === subtask)
      .sort((left, right) => left.epoch - right.epoch || left.subtask - right.subtask);
  }

  #operatorState(subtask: number): readonly OperatorStateHandle[] {
    const byName = new Map<string, OperatorStateHandle[]>();
    for (const handle of this.#snapshots.flatMap(({ operators }) => operators)) {
      if (!this.#owners.has(handle.owner)) continue;
      const name = JSON.stringify([handle.owner, handle.name]);
      byName.set(name, [...(byName.get(name) ?? []), handle]);
    }
    return [...byName.keys()].sort().flatMap((name) => this.#dealOut(byName.get(name)!, subtask));
  }

  /** @param handles of one state, by old subtask; at least one */
  #dealOut(handles: readonly OperatorStateHandle[], subtask: number): OperatorStateHandle[] {
    return handles.slice(0, 1).map((first) => {
      if (first.mode === 'broadcast') return first;
      const all = handles.flatMap(({ entries }) => entries);
      const entries = first.mode === 'union' ? all : all.filter((_, i) => i % this.task.parallelism === subtask);
      return { ...first, entries };
    });
  }

  #reads({ edge: id, consumer }: ChannelStateHandle, subtask: number, isRehashed: boolean): boolean {
    const edge = this.edges.get(id);
    if (edge === undefined || !this.#vertices.has(edge.to)) return false;
    const isSpread = edge.partition === 'hash' && (isRehashed || this.#formerParallelism(id) !== this.task.parallelism);
    return isSpread || consumer % this.task.parallelism === subtask;
  }

  /** Of the task that read an edge, which is the one that has what was in flight in it. */
  #formerParallelism(edge: string): number | undefined {
    const reader = this.metadata.tasks.find(({ subtasks }) =>
      subtasks.some(({ snapshot }) => snapshot.channels.some((channel) => channel.edge === edge)),
    );
    return reader?.subtasks.length;
  }
}
