/**
 * What barriers overtook in the channels to one task: written for its checkpoints, and put before everything live when it
 * is restored.
 *
 * Invariants
 * - A restored record with a key comes to the subtask that owns its key group now, and to no other.
 */
import { TidegateError } from '../common/errors.js';
import type { KeyGroupRange } from '../job/state-handle.js';
import type { ChannelStateCodec } from '../network/channel-state.js';
import type { FrameElement } from '../network/element.js';
import type { InFlight } from '../network/in-flight-log.js';
import type { InputGate } from '../network/input-gate.js';
import { Unresolvable } from '../record/codec/schema-resolution.js';
import { keyGroupOf, type Key } from '../record/key.js';

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
    return inFlight.map(({ channel, frames }) => ({ ...this.channels[channel]!, bytes: this.codec.write(frames) }));
  }

  /** @throws TidegateError TG420 when records cannot be read as the present schemas have them */
  recover(
    gate: InputGate,
    contents: readonly ChannelContent[],
    owned: KeyGroupRange & { readonly subtask: number; readonly maxParallelism: number },
  ): void {
    for (const { edge, producer, bytes } of contents) {
      const frames = this.codec.read(bytes);
      if (frames instanceof Unresolvable)
        throw new TidegateError('TG420', `records that were in flight to ${edge} cannot be read: ${frames.reason}.`);
      const sameEdge = this.channels.findIndex((channel) => channel.edge === edge);
      const same = this.channels.findIndex((channel) => channel.edge === edge && channel.producer === producer);
      const own = frames.flatMap((frame) => ownPart(frame, owned));
      if (own.length > 0) gate.recover(same < 0 ? sameEdge : same, own);
    }
  }
}

/** As `RecordWriter` has it: what has no usable key goes to subtask 0. */
function ownPart(
  frame: FrameElement,
  { first, last, subtask, maxParallelism }: Parameters<ChannelStates['recover']>[2],
): FrameElement[] {
  const { keys } = frame;
  if (keys === undefined) return [frame];
  const owns = (key: Key | undefined): boolean => {
    if (key === undefined) return subtask === 0;
    const group = keyGroupOf(key, maxParallelism);
    return group >= first && group <= last;
  };
  const records = frame.records.filter((_, i) => owns(keys[i]));
  return records.length === 0 ? [] : [{ ...frame, records, keys: keys.filter(owns) }];
}
