/**
 * A channel whose elements are under way until they are delivered, while announcements arrive at once: what a network
 * may do. Nothing is ever refused for want of credit.
 */
import type { CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import type { Announcement, InputChannel, OutputChannel } from '../../src/network/channel.js';
import type { StreamElement } from '../../src/network/element.js';

export class DelayedChannel implements InputChannel, OutputChannel {
  readonly #underWay: StreamElement[] = [];
  readonly #arrived: StreamElement[] = [];
  #announced: CheckpointBarrier | undefined;

  hasCredit(): boolean {
    return true;
  }

  push(element: StreamElement): void {
    this.#underWay.push(element);
  }

  announce(barrier: CheckpointBarrier): void {
    this.#announced = barrier;
    this.push({ kind: 'barrier', barrier });
  }

  flush(): boolean {
    return true;
  }

  /** It is without bounds. */
  usage(): number {
    return 0;
  }

  deliver(elements: number): void {
    this.#arrived.push(...this.#underWay.splice(0, elements));
  }

  poll(): StreamElement | undefined {
    const element = this.#arrived.shift();
    if (element?.kind === 'barrier' && element.barrier === this.#announced) this.#announced = undefined;
    return element;
  }

  announced(): Announcement | undefined {
    return this.#announced && { barrier: this.#announced, arrived: this.#place() >= 0 };
  }

  beforeAnnounced(): readonly StreamElement[] {
    return this.#arrived.slice(0, this.#place());
  }

  #place(): number {
    return this.#arrived.findIndex((element) => element.kind === 'barrier' && element.barrier === this.#announced);
  }
}
