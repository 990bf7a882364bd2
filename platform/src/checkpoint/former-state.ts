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

/** A subtask as it was: one of `parallelism`. */
interface FormerSubtask {
  readonly subtask: number;
  readonly parallelism: number;
  readonly snapshot: SubtaskSnapshot;
}

interface FormerOperatorState extends Omit<FormerSubtask, 'snapshot'> {
  readonly handle: OperatorStateHandle;
}

export class FormerState {
  readonly #former: readonly FormerSubtask[];
  readonly #owners: ReadonlySet<string>;
  readonly #vertices: ReadonlySet<string>;

  constructor(
    private readonly metadata: CheckpointMetadata,
    private readonly task: JobTask,
    private readonly edges: ReadonlyMap<string, JobEdge>,
  ) {
    this.#former = metadata.tasks.flatMap(({ subtasks }) =>
      subtasks.map(({ snapshot }, subtask) => ({ subtask, parallelism: subtasks.length, snapshot })),
    );
    this.#owners = new Set(task.vertices.flatMap(ownersOf));
    this.#vertices = new Set(task.vertices.map(({ id }) => id));
  }

  /** @param range of key groups; undefined: its keys are found by looking at all */
  snapshotFor(subtask: number, range: KeyGroupRange | undefined): SubtaskSnapshot {
    return {
      keyed: this.#former
        .flatMap(({ snapshot: { keyed } }) => keyed)
        .filter(({ states }) => states.some(({ owner }) => this.#owners.has(owner)))
        .filter(({ keyGroups }) => range === undefined || overlaps(keyGroups, range)),
      operators: this.#operatorState(subtask),
      channels: this.#former.flatMap(({ snapshot: { channels }, parallelism }) =>
        channels.filter((channel) => this.#reads(channel, parallelism, subtask, range === undefined)),
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
    const byName = new Map<string, FormerOperatorState[]>();
    for (const { snapshot, ...former } of this.#former) {
      for (const handle of snapshot.operators) {
        if (!this.#owners.has(handle.owner)) continue;
        const name = JSON.stringify([handle.owner, handle.name]);
        byName.set(name, [...(byName.get(name) ?? []), { handle, ...former }]);
      }
    }
    return [...byName.keys()].sort().flatMap((name) => this.#dealOut(byName.get(name)!, subtask));
  }

  /** @param states one state, by old subtask; at least one */
  #dealOut(states: readonly FormerOperatorState[], subtask: number): OperatorStateHandle[] {
    const [{ handle: first }] = states as [FormerOperatorState];
    if (first.mode === 'broadcast') {
      return states
        .filter((state) => state.subtask === this.#broadcastFrom(state.parallelism, subtask))
        .map(({ handle }) => handle);
    }
    const all = states.flatMap(({ handle }) => handle.entries);
    const entries = first.mode === 'union' ? all : all.filter((_, i) => i % this.task.parallelism === subtask);
    return [{ ...first, entries }];
  }

  #reads({ edge: id, consumer }: ChannelStateHandle, former: number, subtask: number, isRehashed: boolean): boolean {
    const edge = this.edges.get(id);
    if (edge === undefined || !this.#vertices.has(edge.to)) return false;
    if (edge.partition === 'broadcast') return consumer === this.#broadcastFrom(former, subtask);
    const isSpread = edge.partition === 'hash' && (isRehashed || former !== this.task.parallelism);
    return isSpread || consumer % this.task.parallelism === subtask;
  }

  /**
   * The old subtask that a subtask is like in what is broadcast. Where a barrier overtook broadcast elements the states
   * differ by what was in flight: so both are taken of the same one.
   */
  #broadcastFrom(former: number, subtask: number): number {
    return former === this.task.parallelism ? subtask : 0;
  }
}
