/** How much may wait for a receiver: about what it takes in a second, so that a checkpoint, which waits for it, completes. */
const WAITING_MS_MAX = 1000;
/** Weight of the latest request in what one is expected to take. */
const NEWS = 0.25;

export class Pace {
  /** What a request takes, ms; before the first one it is not known. */
  #requestMs = WAITING_MS_MAX;

  took(ms: number): void {
    this.#requestMs += NEWS * (ms - this.#requestMs);
  }

  /** @param rounds requests that wait for each other */
  allows(rounds: number): boolean {
    return rounds * this.#requestMs < WAITING_MS_MAX;
  }
}
