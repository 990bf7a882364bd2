/**
 * What barriers overtook in the channels to one task: written for its checkpoints, and put before everything live when it
 * is restored.
 *
 * Invariants
 * - A restored record with a key comes to the subtask that owns its key group now, and to no other.
 */
import { TidegateError } from '../common/errors.js';
import type { ChannelStateCodec } from '../network/channel-state.js';
import type { InFlight } from '../network/in-flight-log.js';
import type { InputGate } from '../network/input-gate.js';
import { ownPart, type Owner } from '../network/own-part.js';
import { Unresolvable } from '../record/codec/schema-resolution.js';

/** A channel as the JobGraph names it. */
export interface ChannelName {
  readonly edge: string;
  readonly producer: number;
  readonly consumer: number;
}

export interface ChannelContent extends ChannelName {
  readonly bytes: Uint8Array;
}

export class ChannelStates {
  /** @param channels of the task's gate, in its order */
  constructor(
    private readonly channels: readonly ChannelName[],
    private readonly codec: ChannelStateCodec,
  ) {}

  write(inFlight: readonly InFlight[]): ChannelContent[] {
    return inFlight.map(({ channel, frames }) => ({ bytes: this.codec.write(frames), ...this.channels[channel]! }));
  }

  /** @throws TidegateError TG420 when records cannot be read as the present schemas have them */
  recover(gate: InputGate, contents: readonly ChannelContent[], owner: Owner): void {
    for (const { edge, producer, bytes } of contents) {
      const frames = this.codec.read(bytes);
      if (frames instanceof Unresolvable)
        throw new TidegateError('TG420', `records that were in flight to ${edge} cannot be read: ${frames.reason}.`);
      const sameEdge = this.channels.findIndex((channel) => channel.edge === edge);
      const same = this.channels.findIndex((channel) => channel.edge === edge && channel.producer === producer);
      const own = frames.flatMap((frame) => ownPart(frame, owner));
      if (own.length > 0) gate.recover(same < 0 ? sameEdge : same, own);
    }
  }
}
