/**
 * Aligns the watermarks of several input channels: an operator's event time is the minimum over its active channels
 * (Apache Flink's StatusWatermarkValve).
 *
 * Invariants
 * - The output never goes back, even when an idle channel comes back with an older watermark.
 * - A channel that is idle or finished does not hold the others back. It is finished by the last watermark; one that is
 *   merely stopped still has records that nobody has read, and holds time back for good.
 * - When every open channel is idle, time is the latest that one of them has reached; the last watermark
 *   counts only when all have finished. So an idle channel that comes back never finds the end of time behind it.
 */
import { MAX_WATERMARK, NO_WATERMARK } from './watermark.js';

interface Channel {
  watermark: number;
  status: 'active' | 'idle' | 'finished';
}

export class WatermarkValve {
  readonly #channels: Channel[];
  #emitted = NO_WATERMARK;

  constructor(channels: number) {
    this.#channels = Array.from({ length: channels }, () => ({ watermark: NO_WATERMARK, status: 'active' }));
  }

  /** @returns the new watermark of the operator, if it rose */
  watermark(channel: number, watermark: number): number | undefined {
    const input = this.#channels[channel]!;
    input.status = watermark >= MAX_WATERMARK ? 'finished' : 'active';
    if (watermark > input.watermark) input.watermark = watermark;
    return this.#advance();
  }

  /** The channel has no records for now. @returns the new watermark of the operator, if it rose thereby */
  idle(channel: number): number | undefined {
    return this.#become(channel, 'idle');
  }

  /** The channel will have records again: from now on it counts. */
  active(channel: number): void {
    this.#become(channel, 'active');
  }

  /** Whether every channel that has not finished is idle, so that the operator is idle too. */
  isIdle(): boolean {
    return (
      this.#channels.every(({ status }) => status !== 'active') &&
      this.#channels.some(({ status }) => status === 'idle')
    );
  }

  #become(channel: number, status: Channel['status']): number | undefined {
    const input = this.#channels[channel]!;
    if (input.status !== 'finished') input.status = status;
    return this.#advance();
  }

  #advance(): number | undefined {
    const reached = this.#reached();
    if (reached === undefined || reached <= this.#emitted) return undefined;
    this.#emitted = reached;
    return reached;
  }

  #reached(): number | undefined {
    let active: number | undefined;
    let idle: number | undefined;
    let finished = true;
    for (const { watermark, status } of this.#channels) {
      if (status === 'active') active = Math.min(active ?? watermark, watermark);
      else if (status === 'idle') idle = Math.max(idle ?? watermark, watermark);
      if (status !== 'finished') finished = false;
    }
    return finished ? MAX_WATERMARK : (active ?? idle);
  }
}
