/**
 * All input channels of a task: polls them in turn and aligns their watermarks.
 *
 * Invariants
 * - No channel is preferred: polling goes on behind the channel that gave the last element.
 * - The gate has ended when every channel has; it is idle when every channel that has not ended is.
 */
import { WatermarkValve } from '../time/watermark-valve.js';
import type { StreamElement } from './element.js';
import type { LocalChannel } from './local-channel.js';

export interface GateChannel {
  readonly channel: LocalChannel;
  /** Which input of the operator the channel's edge feeds. */
  readonly input: number;
}

export type GateEvent =
  | { readonly kind: 'frame'; readonly input: number; readonly frame: Extract<StreamElement, { kind: 'frame' }> }
  | { readonly kind: 'watermark'; readonly watermark: number }
  | { readonly kind: 'idle' }
  | { readonly kind: 'active' }
  | { readonly kind: 'end' };

export class InputGate {
  readonly #valve: WatermarkValve;
  /** What one element brought about beyond the first event. */
  readonly #pending: GateEvent[] = [];
  #idle = false;
  #next = 0;
  #open: number;

  constructor(private readonly channels: readonly GateChannel[]) {
    this.#valve = new WatermarkValve(channels.length);
    this.#open = channels.length;
  }

  /** The next thing to act on, or undefined when nothing has come. */
  poll(): GateEvent | undefined {
    const pending = this.#pending.shift();
    if (pending !== undefined) return pending;
    for (let tried = 0; tried < this.channels.length; tried++) {
      const index = this.#next;
      this.#next = (this.#next + 1) % this.channels.length;
      const element = this.channels[index]!.channel.poll();
      if (element === undefined) continue;
      const event = this.#interpret(index, element);
      if (event !== undefined) return event;
      tried = -1;
    }
    return undefined;
  }

  #interpret(index: number, element: StreamElement): GateEvent | undefined {
    switch (element.kind) {
      case 'frame':
        return { kind: 'frame', input: this.channels[index]!.input, frame: element };
      case 'watermark':
        return this.#progress(this.#valve.watermark(index, element.watermark));
      case 'barrier':
        throw new Error('a barrier came, and no checkpoints are taken yet');
      case 'idle':
        return this.#progress(this.#valve.idle(index));
      case 'active':
        this.#valve.active(index);
        return this.#progress(undefined);
      case 'end':
        this.#open--;
        return this.#progress(undefined);
    }
  }

  /** Back to activity is told before, idleness and the end behind the watermark that they come with. */
  #progress(watermark: number | undefined): GateEvent | undefined {
    const idle = this.#valve.isIdle();
    if (this.#idle && !idle) this.#pending.push({ kind: 'active' });
    if (watermark !== undefined) this.#pending.push({ kind: 'watermark', watermark });
    if (idle && !this.#idle) this.#pending.push({ kind: 'idle' });
    if (this.#open === 0) this.#pending.push({ kind: 'end' });
    this.#idle = idle;
    return this.#pending.shift();
  }
}
