import assert from 'node:assert/strict';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import type { RocksKeyedStore } from '../../../src/state/rocksdb/rocks-keyed-store.js';
import { RocksFixture } from './fixture.js';

const MIB = 1024 * 1024;
const HOUR = 3_600_000;
const FRAME = 500;

describe('RocksDB with many more keys than memory', function () {
  this.timeout(60_000);
  const fixture = new RocksFixture();
  after(() => fixture.cleanUp());

  let now = 0;
  const open = (memoryBytes: number) => fixture.open({ memoryBytes, clock: { now: () => now } });
  const countersOf = (store: RocksKeyedStore) =>
    store.value({ owner: 'rules', name: 'counts', codec: plainValueCodec<number>(), ttl: { ms: HOUR } });
  const count = (store: RocksKeyedStore, from: number, to: number, step = 1): void => {
    const counters = countersOf(store);
    for (let start = from; start < to; start += FRAME * step) {
      const frame = Array.from(
        { length: Math.min(FRAME, Math.ceil((to - start) / step)) },
        (_, i) => `k${start + i * step}`,
      );
      counters.prefetch(frame, frame.length);
      for (const key of frame) counters.put(key, (counters.get(key) ?? 0) + 1);
      store.drain();
    }
  };
  const countsIn = (store: RocksKeyedStore): Map<unknown, number> => {
    const { decode } = plainValueCodec<number>();
    return new Map(countersOf(store).scan({ ofValue: (value) => value, ofBytes: decode }));
  };

  it('F76: keeps to its budget, has the right count of each key, and lets go of what is expired', async () => {
    now = 0;
    const [keys, again, budget] = [40_000, 7, 2 * MIB];
    const store = await open(budget);
    let most = 0;
    for (let from = 0; from < keys; from += 10 * FRAME) {
      count(store, from, Math.min(from + 10 * FRAME, keys));
      most = Math.max(most, store.memoryBytes);
    }
    // RocksDB has no fewer than 4 MiB of memtables, which it may go over by half.
    assert.ok(most < budget + 5 * MIB, `${most} bytes`);

    now = HOUR / 2;
    count(store, 0, keys, again);
    const counts = countsIn(store);
    assert.equal(counts.size, keys);
    for (let key = 0; key < keys; key++) assert.equal(counts.get(`k${key}`), key % again === 0 ? 2 : 1, `k${key}`);

    now = HOUR * 1.25;
    for (let frames = 0; frames < 16 * (keys / 64 + 128); frames++) store.drain();
    // By an earlier clock nothing is expired: what shows is what the database holds.
    now = HOUR / 2;
    const left = countsIn(store);
    assert.equal(left.size, Math.ceil(keys / again));
    for (let key = 0; key < keys; key += again) assert.equal(left.get(`k${key}`), 2, `k${key}`);
    await store.close();
  });

  it('lets go of what is expired as fast as new keys come', async () => {
    now = 0;
    const store = await open(MIB);
    const anHourOfKeys = 4_000;
    // So few frames look at all keys only because they look at more where more come.
    for (let hour = 0; hour < 6; hour++) {
      now = hour * HOUR;
      count(store, hour * anHourOfKeys, (hour + 1) * anHourOfKeys);
    }
    // By the clock of the beginning nothing is expired.
    now = 0;
    const { size } = countsIn(store);
    assert.ok(size <= 3 * anHourOfKeys, `${size} keys of 6 hours are there`);
    await store.close();
  });
});
