/**
 * The frames that one overtaking barrier went past, by channel, oldest first: what was not processed when the snapshot
 * was taken, and lies before the barrier.
 *
 * Only frames: a producer that is restored tells its watermark, its idleness and its end anew.
 */
import type { FrameElement, StreamElement } from './element.js';

/** What a barrier overtook in one channel of a gate. */
export interface InFlight {
  readonly channel: number;
  readonly frames: readonly FrameElement[];
}

export class InFlightLog {
  readonly #frames = new Map<number, FrameElement[]>();

  constructor(readonly checkpoint: number) {}

  note(channel: number, elements: readonly StreamElement[]): void {
    for (const element of elements) {
      if (element.kind !== 'frame') continue;
      const frames = this.#frames.get(channel);
      if (frames === undefined) this.#frames.set(channel, [element]);
      else frames.push(element);
    }
  }

  /** In the order of the channels; none where nothing was overtaken. */
  inFlight(): readonly InFlight[] {
    return [...this.#frames].map(([channel, frames]) => ({ channel, frames })).sort((a, b) => a.channel - b.channel);
  }
}
