/**
 * Records that an operator holds until time has passed them, as a checkpoint keeps them: written whole at each barrier,
 * as they are few and soon gone, and read back by whichever subtask owns their keys.
 */
import type { ChannelStateCodec } from '../network/channel-state.js';
import { TidegateError } from '../common/errors.js';
import { keyGroupOf, type Key } from '../record/key.js';
import { Unresolvable } from '../record/codec/schema-resolution.js';
import type { StreamRecord } from '../record/stream-record.js';
import type { KeyGroupRange } from '../job/state-handle.js';
import type { OperatorStatePart, RestoredStates } from './operator.js';

export interface BufferedRecord {
  readonly key: Key;
  readonly record: StreamRecord;
}

export interface BufferedRecordsOptions {
  readonly owner: string;
  readonly name: string;
  readonly codec: ChannelStateCodec;
  readonly keyGroups: KeyGroupRange;
  readonly maxParallelism: number;
}

export class BufferedRecords {
  constructor(private readonly options: BufferedRecordsOptions) {}

  /** The records in the order in which they came. */
  write(records: Iterable<BufferedRecord>): OperatorStatePart {
    const { owner, name, codec } = this.options;
    const all = [...records];
    const frame = { kind: 'frame', records: all.map(({ record }) => record), keys: all.map(({ key }) => key) } as const;
    return { owner, name, mode: 'union', entries: all.length === 0 ? [] : [codec.write([frame])] };
  }

  /** @throws TidegateError TG420 when they were written with a schema that cannot be read as the present one */
  *read(states: RestoredStates): Generator<BufferedRecord> {
    const { owner, name, codec, keyGroups, maxParallelism } = this.options;
    for (const entry of states.entries(owner, name)) {
      const frames = codec.read(entry);
      if (frames instanceof Unresolvable)
        throw new TidegateError(
          'TG420',
          `${owner}: events that wait for the watermark cannot be read: ${frames.reason}.`,
        );
      for (const { records, keys } of frames) {
        for (let i = 0; i < records.length; i++) {
          const key = keys?.[i] ?? '';
          const group = keyGroupOf(key, maxParallelism);
          if (group >= keyGroups.first && group <= keyGroups.last) yield { key, record: records[i] as StreamRecord };
        }
      }
    }
  }
}
