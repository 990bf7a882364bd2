/**
 * A task manager whose slots have a thread each, but for the first one where the caller's thread is to be it (what stands
 * on the standard streams runs there).
 *
 * A slot's thread is started with the first deployment to it, and again with the next one after it was lost. What runs in
 * a thread that is lost has failed.
 *
 * Invariants
 * - Of an attempt nothing is reported after its end.
 * - A ring is kept for as long as one of its tasks lives.
 */
import type { JobGraph } from '../../job/job-graph.js';
import type { MetricRegistry } from '../../metrics/registry.js';
import { attemptName, isEnd, type AttemptId, type TaskCommand, type TaskReport } from '../../rpc/task-execution.js';
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
  /** The first slot, in this thread. Absent: it has a thread, too. */
  createSlot?(report: (report: TaskReport) => void): TaskSlot;
  report(report: TaskReport): void;
  /** Of the StepCells of all slots. */
  readonly steps: SharedArrayBuffer;
}

export class ThreadedTaskManager implements TaskManager {
  readonly #rings: RingDirectory;
  readonly #own: TaskSlot | undefined;
  readonly #threads = new Map<number, SlotThread>();
  /** Attempts in the threads that have not ended. */
  readonly #attempts = new Map<string, { readonly id: AttemptId; readonly slot: number }>();
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

  sourceTasks(): readonly SourceTask[] {
    return this.#own?.sourceTasks() ?? [];
  }

  command(command: TaskCommand): void {
    if (command.kind !== 'deploy') {
      const attempt = this.#attempts.get(attemptName(command.id));
      if (attempt === undefined) this.#own?.command(command);
      else this.#threads.get(attempt.slot)?.send(command);
      return;
    }
    const { deployment } = command;
    const { id, slot } = deployment;
    const rings = this.#rings.ends(id);
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
        heard: (report: SlotReport) => this.#hear(report),
        lost: (reason: string) => this.#lose(slot, reason),
      };
      this.#threads.set(slot, (thread = this.options.threads.start(slot, events)));
    }
    return thread;
  }

  #hear(report: SlotReport): void {
    if (report.kind === 'metrics') this.options.metrics.merge(report.changes);
    else this.#report(report.report);
  }

  #report(report: TaskReport): void {
    if (isEnd(report)) {
      this.#attempts.delete(attemptName(report.id));
      this.#rings.release(report.id);
    }
    this.options.report(report);
  }

  #lose(slot: number, reason: string): void {
    if (this.#isClosed) return;
    this.#threads.delete(slot);
    const failure = { code: 'TG431', message: `the thread of slot ${slot} is lost: ${reason}`, retriable: true };
    const lost = [...this.#attempts.values()].filter((attempt) => attempt.slot === slot);
    for (const { id } of lost) this.#report({ kind: 'state', id, state: 'failed', failure });
  }
}
