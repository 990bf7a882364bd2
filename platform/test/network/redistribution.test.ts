import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { LocalChannel } from '../../src/network/local-channel.js';
import { RecordWriter, type Partitioning } from '../../src/network/record-writer.js';
import { framesFor, type OldChannel } from '../../src/network/redistribution.js';
import type { FrameElement } from '../../src/network/element.js';
import { StreamRecord } from '../../src/record/stream-record.js';

const SPLIT = { ingress: 'in', id: 'a' };
const MAX_PARALLELISM = 16;
const recordOf = (id: number): StreamRecord => new StreamRecord({}, id, 'in', SPLIT, id, undefined, undefined);
const idOf = (record: unknown): number => (record as StreamRecord).timestamp;
const keyOf = (id: number): number | undefined => (id % 7 === 0 ? undefined : id % 20);

/** What two producers had under way to `consumers` subtasks. */
function underWay(ids: readonly number[], consumers: number, keyed: boolean): OldChannel[] {
  return [0, 1].flatMap((producer) => {
    const channels = Array.from({ length: consumers }, () => new LocalChannel());
    const partitioning: Partitioning = keyed
      ? { kind: 'hash', keyOf: (record) => keyOf(idOf(record)), maxParallelism: MAX_PARALLELISM }
      : { kind: 'rebalance', subtask: 0 };
    const writer = new RecordWriter(channels, partitioning);
    ids.forEach((id, i) => {
      if (i % 2 === producer) writer.emit(recordOf(id));
      if (i % 5 === 0) writer.flush();
    });
    writer.flush();
    return channels.map((channel, consumer) => {
      const frames: FrameElement[] = [];
      for (let element = channel.poll(); element !== undefined; element = channel.poll())
        if (element.kind === 'frame') frames.push(element);
      return { producer, consumer, frames };
    });
  });
}

describe('in-flight records at a restore', () => {
  for (const keyed of [true, false]) {
    it(`go to exactly one subtask each, ${keyed ? 'the owner of the key, in order' : 'without keys'}, at any parallelism`, () => {
      const parallelism = fc.integer({ min: 1, max: 5 });
      fc.assert(
        fc.property(fc.nat(60), parallelism, parallelism, (count, oldParallelism, parallelism) => {
          const ids = Array.from({ length: count }, (_, i) => i);
          const channels = underWay(ids, oldParallelism, keyed);
          const dealt = Array.from({ length: parallelism }, (_, subtask) => {
            const frames = framesFor(channels, {
              subtask,
              parallelism,
              oldParallelism,
              maxParallelism: MAX_PARALLELISM,
            });
            for (const { records, keys } of frames)
              assert.deepEqual(keys, keyed ? records.map((record) => keyOf(idOf(record))) : undefined);
            return frames.flatMap(({ records }) => records.map(idOf));
          });
          assert.deepEqual(
            dealt.flat().sort((a, b) => a - b),
            ids,
          );
          if (!keyed) return;
          const fresh = underWay(ids, parallelism, true);
          dealt.forEach((mine, subtask) => {
            const owned = fresh.filter(({ consumer }) => consumer === subtask);
            for (const producer of [0, 1]) {
              const expected = owned[producer]!.frames.flatMap(({ records }) => records.map(idOf));
              for (const key of new Set(expected.map(keyOf))) {
                assert.deepEqual(
                  mine.filter((id) => id % 2 === producer && keyOf(id) === key),
                  expected.filter((id) => keyOf(id) === key),
                );
              }
            }
          });
        }),
      );
    });
  }
});
