/**
 * All input channels of a task: polls them in turn and aligns their watermarks.
 *
 * Invariants
 * - No channel is preferred: polling goes on behind the channel that gave the last element.
 * - The gate has ended when every channel has.
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
  | { readonly kind: 'end' };

export class InputGate {
  readonly #valve: WatermarkValve;
  #next = 0;
  #open: number;

  constructor(private readonly channels: readonly GateChannel[]) {
    this.#valve = new WatermarkValve(channels.length);
    this.#open = channels.length;
  }

  /** The next thing to act on, or undefined when nothing has come. */
  poll(): GateEvent | undefined {
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
      case 'watermark': {
        const watermark = this.#valve.watermark(index, element.watermark);
        return watermark === undefined ? undefined : { kind: 'watermark', watermark };
      }
      case 'idle': {
        const watermark = this.#valve.idle(index);
        if (watermark !== undefined) return { kind: 'watermark', watermark };
        return this.#valve.allIdle() ? { kind: 'idle' } : undefined;
      }
      case 'end':
        return --this.#open === 0 ? { kind: 'end' } : undefined;
    }
  }
}
