/**
 * How a task spends its time, as counters in milliseconds: `busyMs` in its own steps, `backPressuredMs` while what it has
 * made waits for others, `idleMs` while it waits for input or for its turn.
 *
 * Invariants
 * - The three add up to the time that the task runs; the busy times of a slot's tasks to no more than that of its thread.
 *   (Apache Flink's tasks have a thread each; there busy is all that is neither of the others.)
 */
import type { Counter, MetricRegistry } from '../metrics/registry.js';

export class TaskActivity {
  readonly #busy: Counter;
  readonly #idle: Counter;
  readonly #backPressured: Counter;
  /** What the time since `#since` is spent with. */
  #waitingFor: Counter;

  /** @param since `Clock.monotonic()`, as all times */
  constructor(
    task: string,
    metrics: MetricRegistry,
    private since: number,
  ) {
    this.#busy = metrics.counter(task, 'busyMs');
    this.#idle = metrics.counter(task, 'idleMs');
    this.#backPressured = metrics.counter(task, 'backPressuredMs');
    this.#waitingFor = this.#idle;
  }

  /** It was stepped and got further. */
  worked(started: number, ended: number): void {
    this.#waitingFor.value += Math.max(0, started - this.since);
    this.#busy.value += ended - Math.max(started, this.since);
    this.since = ended;
    this.#waitingFor = this.#idle;
  }

  /** It was stepped, and waits. */
  waits(now: number, isBackPressured: boolean): void {
    this.#waitingFor.value += now - this.since;
    this.since = now;
    this.#waitingFor = isBackPressured ? this.#backPressured : this.#idle;
  }
}
