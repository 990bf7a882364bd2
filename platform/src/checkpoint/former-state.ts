/**
 * What a checkpoint holds for one task, whichever tasks it was taken from, and how it is dealt out to the task's subtasks.
 */
import type { StagedEpoch } from '@tidegate/connectors/api';
import type { JobEdge } from '../job/job-graph.js';
import { overlaps } from '../job/key-groups.js';
import type {
  ChannelStateHandle,
  KeyedStateHandle,
  KeyGroupRange,
  OperatorStateHandle,
  SubtaskSnapshot,
} from '../job/state-handle.js';
import type { JobTask } from '../scheduling/job-task.js';
import type { CheckpointMetadata } from './checkpoint-metadata.js';
import { ownersOf } from './state-owners.js';

/** Of a subtask as it was: one of `parallelism`. */
interface FormerOperatorState {
  readonly subtask: number;
  readonly parallelism: number;
  readonly handle: OperatorStateHandle;
}

interface FormerChannelState {
  readonly parallelism: number;
  readonly channel: ChannelStateHandle;
  readonly edge: JobEdge;
}

/** Invariant: a checkpoint is looked through once, whatever the number of subtasks that ask. */
export class FormerState {
  /** Of the task's owners, in the order of the former subtasks. */
  readonly #keyed: readonly KeyedStateHandle[];
  /** By owner and name, in their order. */
  readonly #operators: readonly (readonly FormerOperatorState[])[];
  /** To the task's vertices. */
  readonly #channels: readonly FormerChannelState[];
  /** By subtask now. */
  readonly #staged: ReadonlyMap<number, readonly StagedEpoch[]>;

  constructor(
    metadata: CheckpointMetadata,
    private readonly task: JobTask,
    edges: ReadonlyMap<string, JobEdge>,
  ) {
    const owners = new Set(task.vertices.flatMap(ownersOf));
    const vertices = new Set(task.vertices.map(({ id }) => id));
    const keyed: KeyedStateHandle[] = [];
    const operators = new Map<string, FormerOperatorState[]>();
    const channels: FormerChannelState[] = [];
    for (const { subtasks } of metadata.tasks) {
      const parallelism = subtasks.length;
      for (const [subtask, { snapshot }] of subtasks.entries()) {
        for (const handle of snapshot.keyed)
          if (handle.states.some(({ owner }) => owners.has(owner))) keyed.push(handle);
        for (const handle of snapshot.operators)
          if (owners.has(handle.owner))
            addTo(operators, JSON.stringify([handle.owner, handle.name]), { subtask, parallelism, handle });
        for (const channel of snapshot.channels) {
          const edge = edges.get(channel.edge);
          if (edge !== undefined && vertices.has(edge.to)) channels.push({ parallelism, channel, edge });
        }
      }
    }
    this.#keyed = keyed;
    this.#operators = [...operators.keys()].sort().map((name) => operators.get(name)!);
    this.#channels = channels;
    this.#staged = stagedBySubtask(metadata, owners, task.parallelism);
  }

  /** @param range of key groups; undefined: its keys are found by looking at all */
  snapshotFor(subtask: number, range: KeyGroupRange | undefined): SubtaskSnapshot {
    return {
      keyed: this.#keyed.filter(({ keyGroups }) => range === undefined || overlaps(keyGroups, range)),
      operators: this.#operators.flatMap((states) => this.#dealOut(states, subtask)),
      channels: this.#channels
        .filter((state) => this.#reads(state, subtask, range === undefined))
        .map(({ channel }) => channel),
    };
  }

  stagedFor(subtask: number): readonly StagedEpoch[] {
    return this.#staged.get(subtask) ?? [];
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

  #reads(
    { parallelism, edge, channel: { consumer } }: FormerChannelState,
    subtask: number,
    isRehashed: boolean,
  ): boolean {
    if (edge.partition === 'broadcast') return consumer === this.#broadcastFrom(parallelism, subtask);
    const isSpread = edge.partition === 'hash' && (isRehashed || parallelism !== this.task.parallelism);
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

function stagedBySubtask(
  { tasks }: CheckpointMetadata,
  owners: ReadonlySet<string>,
  parallelism: number,
): ReadonlyMap<number, readonly StagedEpoch[]> {
  const staged = tasks
    .filter(({ task }) => owners.has(task))
    .flatMap(({ subtasks }) => subtasks.flatMap((subtask) => subtask.staged))
    .sort((left, right) => left.epoch - right.epoch || left.subtask - right.subtask);
  const bySubtask = new Map<number, StagedEpoch[]>();
  for (const epoch of staged) addTo(bySubtask, epoch.subtask % parallelism, epoch);
  return bySubtask;
}

function addTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
