/**
 * Records that an operator holds until time has passed them, as a checkpoint keeps them: written whole at each barrier,
 * as they are few and soon gone, and read back by whichever subtask owns their keys.
 */
import { TidegateError } from '../common/errors.js';
import type { KeyGroupRange } from '../job/state-handle.js';
import type { ChannelStateCodec } from '../network/channel-state.js';
import type { ByteReader } from '../record/codec/byte-reader.js';
import { Unresolvable } from '../record/codec/schema-resolution.js';
import { keyGroupOf, type Key } from '../record/key.js';
import type { StreamRecord } from '../record/stream-record.js';
import type { OperatorListState } from '../state/operator-state/operator-list-state.js';
import type { OperatorStateStore } from '../state/operator-state/operator-state-store.js';
import { IncompatibleState, type StateCodec } from '../state/state-codec.js';

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
  /** All records of a subtask at a barrier are one entry. */
  readonly #state: OperatorListState<readonly BufferedRecord[]>;

  /** @throws TidegateError TG420 when they were written with a schema that cannot be read as the present one */
  constructor(
    states: OperatorStateStore,
    private readonly options: BufferedRecordsOptions,
  ) {
    const { owner, name, codec } = options;
    this.#state = states.list({ owner, name, codec: batchCodec(owner, codec) }, 'union');
  }

  /** The records in the order in which they came. */
  put(records: Iterable<BufferedRecord>): void {
    const batch = [...records];
    this.#state.update(batch.length === 0 ? [] : [batch]);
  }

  /** What was restored of this subtask's keys; asked once. */
  take(): BufferedRecord[] {
    const { keyGroups, maxParallelism } = this.options;
    const mine = this.#state.get().flatMap((batch) =>
      batch.filter(({ key }) => {
        const group = keyGroupOf(key, maxParallelism);
        return group >= keyGroups.first && group <= keyGroups.last;
      }),
    );
    this.#state.update([]);
    return mine;
  }
}

const ID = 'buffered/1';

/** Records name their sources' schemas themselves. */
function batchCodec(owner: string, codec: ChannelStateCodec): StateCodec<readonly BufferedRecord[]> {
  const decode = (bytes: ByteReader): readonly BufferedRecord[] => {
    const frames = codec.read(bytes.raw(bytes.remaining));
    if (frames instanceof Unresolvable)
      throw new TidegateError(
        'TG420',
        `${owner}: events that wait for the watermark cannot be read: ${frames.reason}.`,
      );
    return frames.flatMap(({ records, keys }) =>
      records.map((record, i) => ({ key: keys?.[i] ?? '', record: record as StreamRecord })),
    );
  };
  return {
    id: ID,
    schema: null,
    encode: (batch, out) => {
      const [records, keys] = [batch.map(({ record }) => record), batch.map(({ key }) => key)];
      out.raw(codec.write([{ kind: 'frame', records, keys }]));
    },
    decode,
    migrate: (id) => (id === ID ? decode : new IncompatibleState(`it was written as ${id} and is read as ${ID}`)),
    sizeOf: () => 0,
  };
}
