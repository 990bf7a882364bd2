/**
 * A process of the simulated world: a coordinator or a task manager. It has a clock of its own, and everything that
 * happens in it is an event of the kernel.
 *
 * Invariants
 * - What a process scheduled dies with it: nothing of an incarnation happens after its crash.
 * - A paused process (SIGSTOP) loses nothing: what becomes due happens after `resume`, in order.
 * - `point` marks an instant between two effects; a crash that waits for it happens there and nowhere else.
 */
import type { Clock } from '../../common/clock.js';
import type { TransitionTable } from '../../common/transition-table.js';
import type { TransitionCoverage } from './transition-coverage.js';
import type { Kernel } from './kernel.js';

export type ProcessState = 'down' | 'up' | 'paused';

export const PROCESS_TRANSITIONS: TransitionTable<ProcessState> = {
  down: ['up'],
  up: ['down', 'paused'],
  paused: ['up', 'down'],
};

/** Unwinds the event of a process that is killed inside it. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

export class SimulatedProcess implements Clock {
  #state: ProcessState = 'down';
  #incarnation = 0;
  #backlog: (() => void)[] = [];
  /** How many points may pass before it is killed at one. */
  #pointsLeft = Number.POSITIVE_INFINITY;
  /** What the wall clock is ahead, ms. */
  #skew = 0;
  #isInEvent = false;
  readonly #atDeath = new Set<() => void>();
  /** Factor on what its own work takes; asked by whoever schedules that work. */
  slowness = 1;

  /**
   * @param boot what the process does when it is started
   * @param onError told of what an event threw: a bug
   */
  constructor(
    readonly name: string,
    private readonly kernel: Kernel,
    private readonly coverage: TransitionCoverage,
    private readonly boot: () => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  get state(): ProcessState {
    return this.#state;
  }

  /** Rises with each start. */
  get incarnation(): number {
    return this.#incarnation;
  }

  now(): number {
    return Math.floor(this.kernel.now + this.#skew);
  }

  monotonic(): number {
    return this.kernel.now;
  }

  /** The wall clock jumps. */
  jump(ms: number): void {
    this.#skew += ms;
  }

  schedule(ms: number, callback: () => void): () => void {
    const { incarnation } = this;
    return this.kernel.schedule(ms, () => this.#run(incarnation, callback));
  }

  /** Runs in this process now, from an event of the world (a message, an answer of the disk). */
  enter(callback: () => void): void {
    this.#run(this.#incarnation, callback);
  }

  /** Called once when the process dies, in the order of registration. */
  atDeath(callback: () => void): void {
    this.#atDeath.add(callback);
  }

  start(): void {
    this.#become('up');
    this.#incarnation++;
    this.#pointsLeft = Number.POSITIVE_INFINITY;
    this.enter(this.boot);
  }

  crash(): void {
    this.#become('down');
    this.#backlog = [];
    this.#incarnation++;
    for (const callback of this.#atDeath) callback();
    this.#atDeath.clear();
  }

  /** Kills it at one of its next points, inside the event that passes it. */
  crashAtPoint(points: number): void {
    this.#pointsLeft = points;
  }

  /** An instant between two effects. */
  point(label: string): void {
    if (this.#pointsLeft === Number.POSITIVE_INFINITY || this.#pointsLeft-- > 0) return;
    this.#pointsLeft = Number.POSITIVE_INFINITY;
    this.kernel.trace.line(this.kernel.now, this.name, `killed at ${label}`);
    // What continues a promise is no event that could be unwound: it runs out, and the process dies before the next one.
    if (!this.#isInEvent) {
      this.kernel.schedule(0, () => {
        if (this.#state !== 'down') this.crash();
      });
      return;
    }
    this.crash();
    throw new Killed(label);
  }

  pause(): void {
    this.#become('paused');
  }

  resume(): void {
    this.#become('up');
    const backlog = this.#backlog;
    this.#backlog = [];
    for (const callback of backlog) this.schedule(0, callback);
  }

  #become(state: ProcessState): void {
    this.coverage.visit('process', PROCESS_TRANSITIONS, this.#state, state);
    this.kernel.trace.line(this.kernel.now, this.name, `is ${state}`);
    this.#state = state;
  }

  #run(incarnation: number, callback: () => void): void {
    if (incarnation !== this.#incarnation || this.#state === 'down') return;
    if (this.#state === 'paused') {
      this.#backlog.push(callback);
      return;
    }
    this.#isInEvent = true;
    try {
      callback();
    } catch (error) {
      if (!(error instanceof Killed)) this.onError(error);
    } finally {
      this.#isInEvent = false;
    }
  }
}
