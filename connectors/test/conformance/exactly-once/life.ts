/**
 * The life of one attempt, which every operation of its I/O asks before it does anything. So a process can end, stop or
 * meet an error at each of its lines that touch the world.
 *
 * | turn       | what happens at the operation                                            | afterwards                    |
 * |------------|--------------------------------------------------------------------------|-------------------------------|
 * | `before`   | it is not done                                                           | dead: nothing is done or told |
 * | `half`     | it is done in part, where it has parts                                   | dead                          |
 * | `after`    | it is done, and its result told to nobody                                | dead                          |
 * | `stop`     | it waits, as in a process that is stopped (SIGSTOP), and so do all others | done when `goOn` is called    |
 * | `meet`     | attempts that were stopped go on now, and then it is done                | alive                         |
 * | `fail`     | it is done in part, where it has parts, and fails                        | alive                         |
 */
export type Turn = 'before' | 'half' | 'after' | 'stop' | 'meet' | 'fail';
export type LifeState = 'alive' | 'stopped' | 'dead';

/** The error that an operation fails with. */
export const DISK_FULL = 'ENOSPC';

export class Life {
  #state: LifeState = 'alive';
  #countdown = Infinity;
  #turn: Turn = 'before';
  #meeting: () => Promise<void> = async () => undefined;
  #ended: (() => void) | undefined;
  #waiting: (() => void)[] = [];
  #hasMetTurn = false;
  /** Operations that failed on purpose. */
  failures = 0;
  /** Operations that the world is doing. */
  readonly #underWay = new Set<Promise<unknown>>();

  get state(): LifeState {
    return this.#state;
  }

  get hasMetTurn(): boolean {
    return this.#hasMetTurn;
  }

  /** The operation after `operations` others takes the turn. */
  arm(operations: number, turn: Turn, meeting: () => Promise<void>): void {
    this.#countdown = operations;
    this.#turn = turn;
    this.#meeting = meeting;
  }

  disarm(): void {
    this.#countdown = Infinity;
  }

  end(): void {
    this.#state = 'dead';
    this.#countdown = Infinity;
    this.#ended?.();
  }

  /** What was stopped goes on, and never knows that it was. */
  goOn(): void {
    if (this.#state !== 'stopped') return;
    this.#state = 'alive';
    for (const waiting of this.#waiting.splice(0)) waiting();
  }

  /** Resolves when the world does nothing more that this attempt asked for. */
  async settled(): Promise<void> {
    for (let idle = 0; idle < 5; idle++) {
      if (this.#underWay.size > 0) idle = 0;
      await Promise.allSettled(this.#underWay);
      await new Promise(setImmediate);
    }
  }

  /** The result of some work of this attempt; undefined when it ends or stops before. */
  async live<T>(work: () => Promise<T>): Promise<{ readonly result: T } | undefined> {
    const ended = new Promise<undefined>((resolve) => {
      this.#ended = () => resolve(undefined);
      if (this.#state !== 'alive') resolve(undefined);
    });
    return Promise.race([work().then((result) => ({ result })), ended]);
  }

  /** One operation. `part` does it in part. */
  async step<T>(whole: () => Promise<T>, part?: () => Promise<unknown>): Promise<T> {
    // A turn of the event loop, so that the operations of others come between.
    await new Promise(setImmediate);
    if (this.#state === 'stopped') await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#state === 'dead') return never();
    if (this.#countdown-- > 0) return this.#do(whole);
    const turn = this.#turn;
    this.#hasMetTurn = true;
    this.disarm();
    if (turn === 'fail') {
      this.failures++;
      if (part !== undefined) await this.#do(part);
      throw Object.assign(new Error(`${DISK_FULL}: no space left on device`), { code: DISK_FULL });
    }
    if (turn === 'meet') {
      await this.#meeting();
      return this.#do(whole);
    }
    if (turn === 'stop') {
      this.#state = 'stopped';
      this.#ended?.();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      return this.step(whole, part);
    }
    // Dead before it is done: nothing else of this attempt begins.
    this.#state = 'dead';
    if (turn === 'half' && part !== undefined) await this.#do(part);
    if (turn === 'after') await this.#do(whole);
    this.end();
    return never();
  }

  async #do<T>(operation: () => Promise<T>): Promise<T> {
    const doing = operation();
    this.#underWay.add(doing);
    try {
      return await doing;
    } finally {
      this.#underWay.delete(doing);
    }
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
