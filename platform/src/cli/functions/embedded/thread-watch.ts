/**
 * Watches that a thread with something to do goes on: its beat stands still when one message holds it.
 *
 * It counts looks and not time, so that a process that was stopped, or starved, does not take its threads for stuck.
 */
import type { Progress } from '@tidegate/functions-sdk/protocol';

const LOOKS = 8;

export class ThreadWatch {
  readonly #timer: NodeJS.Timeout;
  #beat = 0;
  #still = 0;

  /** @param stuck called once, after the thread has stood still for at least `timeoutMs` */
  constructor(
    private readonly progress: Progress,
    timeoutMs: number,
    private readonly hasCalls: () => boolean,
    private readonly stuck: () => void,
  ) {
    this.#timer = setInterval(() => this.#look(), Math.max(1, timeoutMs / LOOKS));
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { beat } = this.progress;
    if (beat !== this.#beat || !this.hasCalls()) this.#still = 0;
    else this.#still++;
    this.#beat = beat;
    if (this.#still <= LOOKS) return;
    this.stop();
    this.stuck();
  }
}
