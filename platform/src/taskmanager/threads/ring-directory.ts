/**
 * The rings between the slots of a process: made when the first of their two tasks is deployed, forgotten when both have
 * ended. (A producer may have ended before its consumer is deployed. What never had both is forgotten with the next attempt
 * of the job.)
 *
 * Invariants
 * - Tasks of one slot are connected inside it. Slot sharing puts subtask i of every task into one slot and no other, so a
 *   channel leaves its slot if and only if its ends are of different subtasks.
 * - All rings of an attempt of the job together take no more than the budget.
 */
import type { JobEdge, JobGraph } from '../../job/job-graph.js';
import { Doorbell } from '../../network/ring/doorbell.js';
import { RingMemory } from '../../network/ring/ring-memory.js';
import { attemptName, attemptNumber, type AttemptId } from '../../rpc/task-execution.js';
import { chainOf, vertexOf } from '../chain-builder.js';
import { channelCapacity } from '../channel-capacity.js';
import { channelName, ChannelTable } from '../channel-table.js';
import type { RingEnd } from './ring-end.js';

interface Ring {
  readonly attempt: number;
  readonly memory: SharedArrayBuffer;
  /** Tasks that have it. */
  living: number;
  /** Tasks that had it, of two. */
  ended: number;
}

export class RingDirectory {
  readonly #table: ChannelTable;
  readonly #capacity: number;
  readonly #rings = new Map<string, Ring>();
  /** By attempt. */
  readonly #held = new Map<string, readonly string[]>();
  /** By subtask. */
  readonly #bells: SharedArrayBuffer[] = [];

  /** @throws TidegateError TG408 when the budget is too small for the job's channels */
  constructor(
    private readonly job: JobGraph,
    networkBytes: number,
  ) {
    this.#table = new ChannelTable(job);
    this.#capacity = channelCapacity(job, networkBytes);
  }

  /** Bytes that a ring holds: a power of two. */
  get capacity(): number {
    return this.#capacity;
  }

  get size(): number {
    return this.#rings.size;
  }

  /** The doorbell of the slot that holds this subtask of every task. */
  bell(subtask: number): SharedArrayBuffer {
    return (this.#bells[subtask] ??= Doorbell.allocate());
  }

  /**
   * A task is deployed: its ends of the rings to and from other slots.
   * @param isHere whether the slot of a subtask is in this process
   */
  ends(id: AttemptId, isHere: (subtask: number) => boolean = () => true): RingEnd[] {
    const channels = this.#channels(id.task, id.subtask).filter(({ peer }) => isHere(peer));
    const attempt = attemptNumber(id);
    this.#forgetBefore(attempt);
    const keys = channels.map(({ channel }) => `${attempt} ${channel}`);
    this.#held.set(attemptName(id), keys);
    return channels.map(({ channel, peer }, i) => {
      const ring = this.#ring(keys[i]!, attempt);
      ring.living++;
      return { channel, memory: ring.memory, attempt: attemptCell(attempt), peer: this.bell(peer) };
    });
  }

  /** The attempt has ended. */
  release(id: AttemptId): void {
    const name = attemptName(id);
    for (const key of this.#held.get(name) ?? []) {
      const ring = this.#rings.get(key);
      if (ring === undefined) continue;
      ring.living--;
      if (++ring.ended === 2) this.#rings.delete(key);
    }
    this.#held.delete(name);
  }

  #ring(key: string, attempt: number): Ring {
    let ring = this.#rings.get(key);
    if (ring === undefined) {
      const memory = RingMemory.allocate(attemptCell(attempt), this.#capacity);
      this.#rings.set(key, (ring = { attempt, memory, living: 0, ended: 0 }));
    }
    return ring;
  }

  #forgetBefore(attempt: number): void {
    for (const [key, ring] of this.#rings) {
      if (ring.attempt < attempt && ring.living === 0) this.#rings.delete(key);
    }
  }

  #channels(task: string, subtask: number): { readonly channel: string; readonly peer: number }[] {
    const { job } = this;
    const chain = new Set(chainOf(job, vertexOf(job, task)).map(({ id }) => id));
    const edges = job.edges.filter((edge) => !edge.chained);
    const outputs = edges.filter(({ from }) => chain.has(from)).flatMap((edge) => this.#outputs(edge, subtask));
    const inputs = edges.filter(({ to }) => to === task).flatMap((edge) => this.#inputs(edge, subtask));
    return [...outputs, ...inputs].filter(({ peer }) => peer !== subtask);
  }

  #outputs(edge: JobEdge, subtask: number) {
    const consumers = this.#table.consumers(edge, subtask);
    return consumers.map((peer) => ({ channel: channelName(edge, subtask, peer), peer }));
  }

  #inputs(edge: JobEdge, subtask: number) {
    const producers = this.#table.producers(edge, subtask);
    return producers.map((peer) => ({ channel: channelName(edge, peer, subtask), peer }));
  }
}

/** As much of an attempt's number as a cell of shared memory holds. */
function attemptCell(attempt: number): number {
  return attempt | 0;
}
