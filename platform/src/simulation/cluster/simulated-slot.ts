/**
 * Steps the tasks of a simulated worker: a few steps are an event of the kernel, how many and of which tasks is drawn.
 *
 * Invariants
 * - Only tasks that were woken are stepped, and those that got further: one that waits changes nothing until then.
 * - A slot sleeps when no task can go on, until somebody wakes one; now and then, busy or not, it wakes all, as idleness and
 *   timeouts of alignments are noticed by nobody else.
 */
import { errorOf } from '../../common/errors.js';
import type { Kernel } from '../kernel/kernel.js';
import type { SeededRandom } from '../kernel/seeded-random.js';
import { Killed, type SimulatedProcess } from '../kernel/simulated-process.js';
import type { Task } from '../../task/task.js';
import type { TaskRunner } from '../../taskmanager/task-executor.js';

export interface SlotEvents {
  done(task: Task): void;
  failed(task: Task, error: Error): void;
}

/** What a step takes at least, virtual ms. */
const STEP_MS_MIN = 0.02;
const IDLE_CHECK_MS = 20;

export class SimulatedSlot implements TaskRunner {
  readonly #tasks = new Set<Task>();
  /** Tasks that may go on, in the order in which they were woken. */
  readonly #awake: Task[] = [];
  #scheduled = false;
  #cancelIdleCheck: () => void = () => undefined;
  /** A slot that is busy wakes all tasks when this time has come. */
  #checkAt = 0;

  constructor(
    private readonly process: SimulatedProcess,
    private readonly kernel: Kernel,
    private readonly random: SeededRandom,
    /** What a step takes at most, virtual ms. */
    private readonly stepMsMax: number,
    /** How many tasks get further in one event at most. */
    private readonly stepsMax: number,
    private readonly events: SlotEvents,
  ) {}

  add(task: Task): void {
    this.#tasks.add(task);
    this.wake(task);
  }

  remove(task: Task): void {
    this.#tasks.delete(task);
    const position = this.#awake.indexOf(task);
    if (position >= 0) this.#awake.splice(position, 1);
  }

  wake(task: Task | undefined): void {
    if (task === undefined || !this.#tasks.has(task)) return;
    if (!this.#awake.includes(task)) this.#awake.push(task);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#cancelIdleCheck();
    this.process.schedule(this.random.between(STEP_MS_MIN, this.stepMsMax) * this.process.slowness, () => this.#turn());
  }

  #turn(): void {
    if (this.kernel.now >= this.#checkAt) this.#check();
    let left = this.random.integer(1, this.stepsMax);
    while (this.#awake.length > 0 && left > 0) {
      this.process.point('a step of a task');
      const task = this.#takeAwake(this.random.integer(0, this.#awake.length - 1));
      if (!this.#step(task)) continue;
      this.wake(task);
      left--;
    }
    this.#scheduled = false;
    if (this.#awake.length > 0) this.#schedule();
    else if (this.#tasks.size > 0) this.#sleep();
  }

  /** By hand: `splice` makes a list for what it takes out. */
  #takeAwake(at: number): Task {
    const awake = this.#awake;
    const task = awake[at]!;
    for (let i = at + 1; i < awake.length; i++) awake[i - 1] = awake[i]!;
    awake.pop();
    return task;
  }

  #sleep(): void {
    this.#cancelIdleCheck();
    this.#cancelIdleCheck = this.process.schedule(IDLE_CHECK_MS, () => this.#check());
  }

  #check(): void {
    this.#checkAt = this.kernel.now + IDLE_CHECK_MS;
    for (const task of this.#tasks) this.wake(task);
  }

  /** @returns whether the task got further */
  #step(task: Task): boolean {
    try {
      const result = task.step();
      if (this.kernel.trace.on && result !== 'waiting') {
        this.kernel.trace.line(this.kernel.now, this.process.name, `${task.id} ${result}`);
      }
      if (result === 'done') {
        this.remove(task);
        this.events.done(task);
      }
      return result !== 'waiting';
    } catch (error) {
      if (error instanceof Killed) throw error;
      this.remove(task);
      this.events.failed(task, errorOf(error));
      return true;
    }
  }
}
