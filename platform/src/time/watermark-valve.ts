/**
 * Aligns the watermarks of several input channels: an operator's event time is the minimum over its active channels
 * (Apache Flink's StatusWatermarkValve).
 *
 * Invariants
 * - The output never goes back, even when an idle channel comes back with an older watermark.
 * - A channel that is idle or has ended does not hold the others back; when all have ended the last watermark counts.
 */
import { NO_WATERMARK } from './watermark.js';

interface Channel {
  watermark: number;
  idle: boolean;
}

export class WatermarkValve {
  readonly #channels: Channel[];
  #emitted = NO_WATERMARK;

  constructor(channels: number) {
    this.#channels = Array.from({ length: channels }, () => ({ watermark: NO_WATERMARK, idle: false }));
  }

  /** @returns the new watermark of the operator, if it rose */
  watermark(channel: number, watermark: number): number | undefined {
    const input = this.#channels[channel]!;
    input.idle = false;
    if (watermark > input.watermark) input.watermark = watermark;
    return this.#advance();
  }

  /** Marks the channel as idle. @returns the new watermark of the operator, if it rose thereby */
  idle(channel: number): number | undefined {
    this.#channels[channel]!.idle = true;
    return this.#advance();
  }

  /** Whether no channel is active, so that the operator is idle too. */
  allIdle(): boolean {
    return this.#channels.every((channel) => channel.idle);
  }

  #advance(): number | undefined {
    let minimum = Number.POSITIVE_INFINITY;
    for (const channel of this.#channels) if (!channel.idle && channel.watermark < minimum) minimum = channel.watermark;
    if (minimum === Number.POSITIVE_INFINITY || minimum <= this.#emitted) return undefined;
    this.#emitted = minimum;
    return minimum;
  }
}
