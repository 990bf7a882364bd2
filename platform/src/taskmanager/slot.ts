/**
 * Steps the tasks of a slot round and round in one thread.
 *
 * Invariants
 * - Tasks are stepped consumers before producers, so that a slot drains before it fills; the event loop gets its turn
 *   every few milliseconds and whenever nothing can be done.
 * - What a task has made is sent at the latest when the buffer timeout has passed, or a turn that was under way then has
 *   ended; and before the slot sleeps.
 * - A task that throws is taken out and reported; the others go on.
 */
import type { Clock } from '../common/clock.js';
import { errorOf } from '../common/errors.js';
import type { MetricRegistry } from '../metrics/registry.js';
import type { Task } from '../task/task.js';
import type { JobEnvironment } from './environment.js';
import { TaskActivity } from './task-activity.js';
import type { StepCell } from './threads/step-cell.js';

export interface SlotEvents {
  done(task: Task): void;
  failed(task: Task, error: Error): void;
  /** The slot itself cannot go on. */
  broken(error: Error): void;
}

interface Entry {
  readonly task: Task;
  /** Position in the dataflow: consumers have higher ones. */
  readonly order: number;
  readonly activity: TaskActivity;
}

/** Short, as what a checkpoint awaits of the disk comes back one turn at a time. */
const TURN_MS = 2;
const IDLE_CHECK_MS = 100;

export class Slot {
  readonly #clock: Clock;
  #tasks: Entry[] = [];
  /** As last read: after each step and whenever the event loop had its turn. */
  #now = 0;
  /** What was made since then is perhaps not sent; undefined: it is, as far as there is room. */
  #madeAt: number | undefined;
  #cell: StepCell | undefined;
  #closed = false;
  #awake = false;
  #wakeUp: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly environment: Pick<JobEnvironment, 'clock' | 'yieldToEventLoop' | 'whenQuiet'>,
    /** See GraphSettings. */
    private readonly bufferTimeoutMs: number,
    private readonly metrics: MetricRegistry,
    private readonly events: SlotEvents,
  ) {
    this.#clock = environment.clock;
  }

  /** @param order position in the dataflow: consumers have higher ones */
  add(task: Task, order: number): void {
    const activity = new TaskActivity(task.id, this.metrics, this.#clock.monotonic());
    this.#tasks = [...this.#tasks, { task, order, activity }].sort((a, b) => b.order - a.order);
    this.#running ??= this.#run().catch((error: unknown) => this.events.broken(errorOf(error)));
    this.wake();
  }

  remove(task: Task): void {
    this.#tasks = this.#tasks.filter((entry) => entry.task !== task);
  }

  /** Says from now on what it is doing. */
  shownIn(cell: StepCell): void {
    this.#cell = cell;
  }

  /** Something may have changed: look again. */
  wake(): void {
    this.#awake = true;
    this.#wakeUp?.();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#readClock();
    while (!this.#closed) {
      this.#awake = false;
      const turnEnd = this.#now + TURN_MS;
      let progressed = this.#round();
      while (this.#now < turnEnd && this.#stepLastThatCan()) progressed = true;
      if (progressed) this.#madeAt ??= this.#now;
      if (this.#madeAt !== undefined && (!progressed || this.#now - this.#madeAt >= this.bufferTimeoutMs)) {
        this.#flush();
        // What was sent may be for a task here.
        progressed = true;
      }
      if (progressed || this.#awake) await this.environment.yieldToEventLoop();
      else await this.#sleep();
      this.#readClock();
    }
  }

  #flush(): void {
    this.#madeAt = undefined;
    for (const { task } of this.#tasks) task.flush();
  }

  /** Each task once. @returns whether one of them got further */
  #round(): boolean {
    let progressed = false;
    // A step may add and remove tasks: those of this round are gone through.
    for (const entry of this.#tasks) if (this.#step(entry)) progressed = true;
    return progressed;
  }

  /** The task nearest to the dataflow's end that gets further. @returns whether there is one */
  #stepLastThatCan(): boolean {
    for (const entry of this.#tasks) if (this.#step(entry)) return true;
    return false;
  }

  /** @returns whether the task got further */
  #step(entry: Entry): boolean {
    if (!this.#tasks.includes(entry)) return false;
    const { task, activity } = entry;
    try {
      const started = this.#now;
      this.#cell?.begin(entry.order);
      const result = task.step();
      const ended = this.#readClock();
      if (result === 'waiting') activity.waits(ended, task.isBackPressured());
      else activity.worked(started, ended);
      if (result === 'done') {
        this.remove(task);
        this.events.done(task);
      }
      return result !== 'waiting';
    } catch (error) {
      this.#readClock();
      this.remove(task);
      this.events.failed(task, errorOf(error));
      return true;
    } finally {
      this.#cell?.end();
    }
  }

  #readClock(): number {
    return (this.#now = this.#clock.monotonic());
  }

  /** Until somebody wakes the slot; now and then also without, as idleness is noticed by nobody else. */
  async #sleep(): Promise<void> {
    if (this.environment.whenQuiet?.() === true) return;
    if (this.#awake || this.#closed) return this.environment.yieldToEventLoop();
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.schedule(IDLE_CHECK_MS, resolve);
      this.#wakeUp = () => {
        cancel();
        resolve();
      };
    });
    this.#wakeUp = undefined;
  }
}
