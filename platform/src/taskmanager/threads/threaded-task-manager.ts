/**
 * A task manager whose slots have a thread each; the first one may be in the caller's thread instead, as what stands on
 * the standard streams of a run does there.
 *
 * A slot's thread is started with the first deployment to it, and again with the next one after it was lost. What runs in
 * a thread that is lost has failed. Slots that are reached by those of other processes are started by `start`, and at once
 * when they are lost, as somebody must know where they are before anything is deployed.
 *
 * Invariants
 * - Of an attempt nothing is reported after its end.
 * - A ring is kept for as long as one of its tasks lives.
 * - When a thread that was reached by others is lost, its successor's address is told before what became of its attempts.
 */
import type { JobGraph } from '../../job/job-graph.js';
import type { MetricRegistry } from '../../metrics/registry.js';
import {
  attemptName,
  isEnd,
  type AttemptId,
  type TaskCommand,
  type TaskDeployment,
  type TaskReport,
} from '../../rpc/task-execution.js';
import type { SlotAddresses } from '../../rpc/task-manager.js';
import type { SourceTask } from '../../task/source-task.js';
import type { TaskManager } from '../task-manager.js';
import type { TaskSlot } from '../task-slot.js';
import { RingDirectory } from './ring-directory.js';
import type { SlotReport } from './slot-messages.js';
import type { SlotThread, SlotThreads } from './slot-threads.js';

export interface ThreadedTaskManagerOptions {
  readonly job: JobGraph;
  /** For all rings together. */
  readonly networkBytes: number;
  readonly threads: SlotThreads;
  /** What the threads count comes here. */
  readonly metrics: MetricRegistry;
  /** The slot in this thread. Absent: each slot has a thread of its own. */
  createSlot?(report: (report: TaskReport) => void): TaskSlot;
  report(report: TaskReport): void;
  /** Of the StepCells of all slots. */
  readonly steps: SharedArrayBuffer;
  /** Of slots whose threads listen: absent where nobody reaches them from outside. */
  readonly listening?: ListeningSlots;
}

export interface ListeningSlots {
  readonly slots: number;
  /** Told whenever all of them can be reached, and one is elsewhere than before. */
  located(addresses: SlotAddresses): void;
  /** A thread has ended before it could be reached: the task manager is of no use. */
  broken(reason: string): void;
}

export class ThreadedTaskManager implements TaskManager {
  readonly #rings: RingDirectory;
  readonly #own: TaskSlot | undefined;
  readonly #threads = new Map<number, SlotThread>();
  /** Attempts in the threads that have not ended. */
  readonly #attempts = new Map<string, { readonly id: AttemptId; readonly slot: number }>();
  /** Of slots that listen. */
  readonly #addresses = new Map<number, string>();
  /** News that wait until all slots listen. */
  readonly #held: TaskReport[] = [];
  #isClosed = false;

  /** @throws TidegateError TG408 when the network's memory is too small for the job */
  constructor(private readonly options: ThreadedTaskManagerOptions) {
    const { job, networkBytes } = options;
    this.#rings = new RingDirectory(job, networkBytes);
    this.#own = options.createSlot?.((report) => this.#report(report));
  }

  get isIdle(): boolean {
    return this.#own?.isIdle !== false && this.#attempts.size === 0;
  }

  /** Starts the threads of slots that listen. */
  start(): void {
    for (let slot = 0; slot < (this.options.listening?.slots ?? 0); slot++) this.#thread(slot);
  }

  sourceTasks(): readonly SourceTask[] {
    return this.#own?.sourceTasks() ?? [];
  }

  command(command: TaskCommand): void {
    if (command.kind === 'deploy') return this.#deploy(command.deployment);
    const attempt = this.#attempts.get(attemptName(command.id));
    if (attempt === undefined) this.#own?.command(command);
    else this.#threads.get(attempt.slot)?.send(command);
  }

  #deploy(deployment: TaskDeployment): void {
    const { id, slot, peers } = deployment;
    const own = new Set(this.#addresses.values());
    const rings = this.#rings.ends(id, (subtask) => peers === undefined || own.has(peers[subtask]?.address ?? ''));
    const bell = this.#rings.bell(id.subtask);
    if (slot === 0 && this.#own !== undefined) return this.#own.deploy(deployment, rings, bell);
    this.#attempts.set(attemptName(id), { id, slot });
    this.#thread(slot).send({ kind: 'deploy', deployment, rings, bell, steps: this.options.steps });
  }

  endSources(): void {
    this.#own?.endSources();
    for (const thread of this.#threads.values()) thread.send({ kind: 'end-sources' });
  }

  wake(): void {
    this.#own?.wake();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#own, ...this.#threads.values()].map(async (slot) => slot?.close()));
  }

  #thread(slot: number): SlotThread {
    let thread = this.#threads.get(slot);
    if (thread === undefined) {
      const events = {
        heard: (report: SlotReport) => this.#hear(slot, report),
        lost: (reason: string) => this.#lose(slot, reason),
      };
      this.#threads.set(slot, (thread = this.options.threads.start(slot, events)));
    }
    return thread;
  }

  #hear(slot: number, report: SlotReport): void {
    switch (report.kind) {
      case 'metrics':
        return this.options.metrics.merge(report.changes);
      case 'listening':
        this.#addresses.set(slot, report.address);
        return this.#locate();
      case 'task':
        return this.#report(report.report);
    }
  }

  #locate(): void {
    const { listening } = this.options;
    if (listening === undefined || this.#addresses.size < listening.slots) return;
    listening.located(Array.from({ length: listening.slots }, (_, slot) => this.#addresses.get(slot)!));
    for (const report of this.#held.splice(0)) this.options.report(report);
  }

  #report(report: TaskReport): void {
    if (isEnd(report)) {
      this.#attempts.delete(attemptName(report.id));
      this.#rings.release(report.id);
    }
    if (this.#held.length > 0) this.#held.push(report);
    else this.options.report(report);
  }

  #lose(slot: number, reason: string): void {
    if (this.#isClosed) return;
    this.#threads.delete(slot);
    const lost = [...this.#attempts.values()].filter((attempt) => attempt.slot === slot);
    const message = `the thread of slot ${slot} is lost: ${reason}`;
    const failure = { code: 'TG431', message, retriable: true };
    const reports = lost.map(({ id }) => ({ kind: 'state', id, state: 'failed', failure }) as const);
    const { listening } = this.options;
    if (listening === undefined) {
      for (const report of reports) this.#report(report);
      return;
    }
    if (!this.#addresses.delete(slot)) return listening.broken(message);
    for (const { id } of reports) {
      this.#attempts.delete(attemptName(id));
      this.#rings.release(id);
    }
    this.#held.push(...reports);
    this.#thread(slot);
  }
}
