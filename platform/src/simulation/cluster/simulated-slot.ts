/**
 * Steps the tasks of a simulated worker: each step is an event of the kernel, and which task is stepped next is drawn.
 *
 * Invariants
 * - A slot sleeps when no task can go on, until somebody wakes it; now and then it looks without being woken, as idleness
 *   and timeouts of alignments are noticed by nobody else.
 */
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
  #tasks: Task[] = [];
  #scheduled = false;
  #cancelIdleCheck: () => void = () => undefined;

  constructor(
    private readonly process: SimulatedProcess,
    private readonly kernel: Kernel,
    private readonly random: SeededRandom,
    /** What a step takes at most, virtual ms. */
    private readonly stepMsMax: number,
    private readonly events: SlotEvents,
  ) {}

  add(task: Task): void {
    this.#tasks.push(task);
    this.wake();
  }

  remove(task: Task): void {
    this.#tasks = this.#tasks.filter((other) => other !== task);
  }

  wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#cancelIdleCheck();
    this.process.schedule(this.random.between(STEP_MS_MIN, this.stepMsMax) * this.process.slowness, () => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    const waiting = [...this.#tasks];
    while (waiting.length > 0) {
      this.process.point('a step of a task');
      const [task] = waiting.splice(this.random.integer(0, waiting.length - 1), 1);
      if (!this.#tasks.includes(task!) || !this.#step(task!)) continue;
      this.wake();
      return;
    }
    // What a step has begun to await may have come already.
    this.kernel.turn();
    if (this.#tasks.length > 0 && !this.#scheduled) this.#sleep();
  }

  #sleep(): void {
    this.#cancelIdleCheck();
    this.#cancelIdleCheck = this.process.schedule(IDLE_CHECK_MS, () => this.wake());
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
        this.kernel.turn();
      }
      return result !== 'waiting';
    } catch (error) {
      if (error instanceof Killed) throw error;
      this.remove(task);
      this.events.failed(task, error instanceof Error ? error : new Error(String(error)));
      this.kernel.turn();
      return true;
    }
  }
}
