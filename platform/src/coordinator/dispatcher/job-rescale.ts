/**
 * How a job comes to another parallelism while it runs, or to other slots, as its workers are about to go: behind a last checkpoint of the old one, begun anew from it at the
 * other. After Apache Flink's adaptive scheduler: what is wanted is kept, and done when there are slots enough for all of it;
 * until then the job runs on as it is.
 *
 * Invariants
 * - What is wanted is durable before anybody is told, and what is in force before anything runs at it: whoever takes the job
 *   up finds the old parallelism or the new one, and never loses the wish.
 */
import { Lifecycle, type TransitionObserver, type TransitionTable } from '../../common/transition-table.js';

/**
 * - `steady`: it has the parallelism that is wanted;
 * - `waiting`: it runs on, until there are slots enough, or it can be stopped;
 * - `saving`: a last checkpoint is taken, and its tasks end;
 * - `starting`: nothing runs; it begins anew.
 */
export type RescaleState = 'steady' | 'waiting' | 'saving' | 'starting';

export const RESCALE_TRANSITIONS: TransitionTable<RescaleState> = {
  steady: ['waiting'],
  waiting: ['saving', 'steady'],
  saving: ['starting', 'waiting'],
  starting: ['steady', 'waiting'],
};

export class JobRescale {
  readonly #life: Lifecycle<RescaleState>;
  #wanted: number | undefined;
  /** What it waits for. */
  reason: string | undefined;

  /** @param inForce undefined: what the application says, which is known when it begins */
  constructor(
    private inForce: number | undefined,
    observer: TransitionObserver | undefined,
  ) {
    this.#life = new Lifecycle<RescaleState>('rescale', RESCALE_TRANSITIONS, 'steady', observer);
  }

  get state(): RescaleState {
    return this.#life.state;
  }

  /** At which the job runs, or will when it begins; undefined: it never did. */
  get parallelism(): number | undefined {
    return this.inForce;
  }

  /** To which it is to come. */
  get wanted(): number | undefined {
    return this.#wanted ?? this.inForce;
  }

  /** Another is wanted now; what is under way is done first. */
  want(parallelism: number): void {
    this.#wanted = parallelism;
    if (this.state === 'steady' && !this.#isReached) this.#wait(undefined);
    else this.#settle();
  }

  /** It is to have other slots. */
  move(): void {
    if (this.state === 'steady') this.#wait(undefined);
  }

  /** It is stopped for it. */
  save(): void {
    this.reason = undefined;
    this.#life.to('saving');
  }

  /** It was not stopped, and runs on. */
  keep(reason: string): void {
    this.#wait(reason);
    this.#settle();
  }

  /** Nothing of it runs any more. @param parallelism at which it begins anew */
  start(parallelism: number): void {
    this.inForce = parallelism;
    this.#life.to('starting');
  }

  /** It has begun. @param parallelism that it has */
  started(parallelism: number): void {
    this.inForce = parallelism;
    if (this.state === 'starting') this.#life.to(this.#isReached ? 'steady' : 'waiting');
    else this.#settle();
  }

  get #isReached(): boolean {
    return this.#wanted === undefined || this.#wanted === this.inForce;
  }

  #settle(): void {
    if (this.state !== 'waiting' || !this.#isReached) return;
    this.reason = undefined;
    this.#life.to('steady');
  }

  #wait(reason: string | undefined): void {
    this.reason = reason;
    this.#life.to('waiting');
  }
}
