/**
 * Asks whoever leads, for somebody who waits for something of a job: while nobody leads, the wait goes on, for as long as that
 * takes.
 *
 * Invariants
 * - Where nobody has ever answered the address is rather a wrong one: that is an error at once.
 */
import { TidegateError } from '../../common/errors.js';
import { systemClock } from '../runtime/system-clock.js';

const LOOK_MS = 250;

export class LeaderWait {
  #hasAnswered = false;
  #isTold = false;

  /** @param tell told once for each time in which nobody answers */
  constructor(private readonly tell: (text: string) => void) {}

  /** @param request may be made more than once. @throws whatever it throws that waiting does not mend */
  async ask<T>(request: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const answer = await request();
        this.#hasAnswered = true;
        this.#isTold = false;
        return answer;
      } catch (error) {
        if (!this.#mayPass(error)) throw error;
        if (!this.#isTold) this.tell(`${error.message}; waiting for a coordinator that leads`);
        this.#isTold = true;
      }
      await new Promise<void>((resolve) => systemClock.schedule(LOOK_MS, resolve));
    }
  }

  #mayPass(error: unknown): error is TidegateError {
    return error instanceof TidegateError && error.retriable && (this.#hasAnswered || error.code !== 'TG450');
  }
}
