import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import { RocksDatabase } from '../../../src/state/rocksdb/rocks-database.js';
import { WriteBatch } from '../../../src/state/rocksdb/write-batch.js';
import type { RocksKeyedStore } from '../../../src/state/rocksdb/rocks-keyed-store.js';
import { MemoryCheckpoints } from '../memory-checkpoints.js';
import { RocksFixture } from './fixture.js';

const KEYS = 8000;
const MEMORY_BYTES = 600_000;

interface Counter {
  n: number;
}

const countersOf = (store: RocksKeyedStore) =>
  store.value({ owner: 'o', name: 'counters', codec: plainValueCodec<Counter>() });
const mapsOf = (store: RocksKeyedStore) => store.map({ owner: 'o', name: 'maps', codec: plainValueCodec<number>() });

describe('the cache over RocksDB', () => {
  const fixture = new RocksFixture();
  after(() => fixture.cleanUp());

  it('with many more keys than it holds gives each its own value, and a checkpoint is of its moment', async function () {
    this.timeout(120_000);
    const step = fc.record({
      what: fc.constantFrom('count', 'count', 'count', 'prefetch', 'delete', 'map', 'drain', 'snapshot', 'finish'),
      from: fc.nat(KEYS),
      count: fc.integer({ min: 1, max: 3000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
        const store = await fixture.open({ memoryBytes: MEMORY_BYTES });
        const [counters, maps] = [countersOf(store), mapsOf(store)];
        const expected = new Map<number, number>();
        const expectedMaps = new Map<number, number>();
        const storage = new MemoryCheckpoints();
        let taken: { readonly at: ReadonlyMap<number, number>; readonly persist: () => Promise<unknown> } | undefined;
        let number = 0;
        const count = (key: number): void => {
          const counter = counters.get(key) ?? { n: 0 };
          assert.equal(counter.n, expected.get(key) ?? 0, `counter ${key}`);
          counter.n++;
          counters.put(key, counter);
          expected.set(key, counter.n);
        };
        for (const { what, from, count: many } of steps) {
          const keys = Array.from({ length: many }, (_, i) => (from + i * 7) % KEYS);
          if (what === 'count') keys.forEach(count);
          else if (what === 'prefetch') counters.prefetch(keys, keys.length);
          else if (what === 'drain') store.drain();
          else if (what === 'delete') {
            for (const key of keys.slice(0, 500)) {
              counters.delete(key);
              expected.delete(key);
            }
          } else if (what === 'map') {
            for (const key of keys.slice(0, 500)) {
              maps.put(key % 50, key, many);
              expectedMaps.set(key, many);
            }
            const at = from % 50;
            const held = [...expectedMaps].filter(([key]) => key % 50 === at);
            assert.deepEqual(new Map(maps.entries(at) as Iterable<[number, number]>), new Map(held));
          } else if (what === 'snapshot' && taken === undefined) {
            const snapshot = store.snapshot({
              checkpoint: ++number,
              type: number % 2 === 0 ? 'savepoint' : 'checkpoint',
            });
            const at = new Map(expected);
            taken = {
              at,
              persist: async () => {
                const handle = await snapshot.persist(storage.target(`chk-${number}`));
                if (handle === undefined) return assert.equal(at.size, 0);
                const restored = await fixture.open({}, { checkpoint: number, handles: [handle], source: storage });
                const state = countersOf(restored);
                assert.equal([...state.keys()].length, at.size);
                for (const [key, n] of at) assert.equal(state.get(key)?.n, n);
                return restored.close();
              },
            };
          } else if (what === 'finish') {
            await taken?.persist();
            store.checkpointComplete(number);
            taken = undefined;
          }
        }
        await taken?.persist();
        for (const [key, n] of expected) assert.equal(counters.get(key)?.n, n);
        await store.close();
      }),
      { numRuns: 4 },
    );
  });

  it('keeps to its budget, also in a long step without the end of a frame', async () => {
    const store = await fixture.open({ memoryBytes: MEMORY_BYTES });
    const counters = countersOf(store);
    for (let key = 0; key < KEYS; key++) {
      counters.put(key, { n: key });
      assert.ok(store.memoryBytes < MEMORY_BYTES + 8_000_000, `${store.memoryBytes} bytes after ${key} keys`);
    }
    store.drain();
    for (let key = 0; key < KEYS; key += 100) assert.deepEqual(counters.get(key), { n: key });
    await store.close();
  });

  it('has what was just handed out while other keys push it out', async () => {
    const store = await fixture.open({ memoryBytes: 10_000 });
    const counters = countersOf(store);
    counters.put('held', { n: 1 });
    const held = counters.get('held')!;
    for (let key = 0; key < 1000; key++) counters.put(key, { n: key });
    assert.equal(counters.get('held'), held);
    await store.close();
  });

  it('asks the database for nothing as long as it holds all that the database has', async () => {
    const store = await fixture.open({ memoryBytes: 10_000_000 });
    const [counters, maps] = [countersOf(store), mapsOf(store)];
    withoutReads(() => {
      for (let key = 0; key < 1000; key++) {
        assert.equal(counters.get(key), undefined);
        counters.put(key, { n: key });
        maps.put(key, 1, key);
        assert.deepEqual([...maps.entries(key)], [[1, key]]);
        assert.equal(maps.get(key, 2), undefined);
      }
      counters.prefetch([1, 5000], 2);
      counters.delete(5000);
      store.drain();
      assert.equal(counters.get(5000), undefined);
      assert.deepEqual(counters.get(999), { n: 999 });
    });
    await store.close();
  });

  it('that has dropped an entry, or was restored, looks for what it does not hold in the database', async () => {
    const store = await fixture.open({ memoryBytes: MEMORY_BYTES });
    const [counters, maps] = [countersOf(store), mapsOf(store)];
    for (let key = 0; key < KEYS; key++) {
      counters.put(key, { n: key });
      maps.put(key, key, key);
      store.drain();
    }
    for (let key = 0; key < KEYS; key += 500) {
      assert.deepEqual(counters.get(key), { n: key });
      assert.deepEqual([...maps.entries(key)], [[key, key]]);
    }
    const storage = new MemoryCheckpoints();
    const handle = await store.snapshot({ checkpoint: 1, type: 'checkpoint' }).persist(storage.target('chk-1'));
    const restored = await fixture.open(
      { memoryBytes: 100 * MEMORY_BYTES },
      { handles: [handle!], source: storage, checkpoint: 1 },
    );
    assert.deepEqual(countersOf(restored).get(7), { n: 7 });
    assert.deepEqual(mapsOf(restored).get(7, 7), 7);
    await Promise.all([store.close(), restored.close()]);
  });

  it('writes nothing of what came and went between two checkpoints, and deletes what an earlier one has', async () => {
    const store = await fixture.open({ memoryBytes: 10_000_000 });
    const [counters, maps] = [countersOf(store), mapsOf(store)];
    const storage = new MemoryCheckpoints();
    counters.put(1, { n: 1 });
    maps.put(1, 1, 1);
    await store.snapshot({ checkpoint: 1, type: 'checkpoint' }).persist(storage.target('chk-1'));
    const changes = await changesOf(async () => {
      for (let key = 1; key < 100; key++) {
        counters.put(key, { n: 2 });
        maps.put(key, key, 2);
      }
      for (let key = 1; key < 100; key++) {
        counters.delete(key);
        maps.clear(key);
      }
      await store.snapshot({ checkpoint: 2, type: 'checkpoint' }).persist(storage.target('chk-2'));
    });
    assert.deepEqual(changes, { puts: 0, deletes: 2 });
    await store.close();
  });
});

/** Fails when the database is read meanwhile. */
function withoutReads(action: () => void): void {
  const { getMany, query } = RocksDatabase.prototype;
  const refuse = (): never => assert.fail('the database was read');
  Object.assign(RocksDatabase.prototype, { getMany: refuse, query: refuse });
  try {
    action();
  } finally {
    Object.assign(RocksDatabase.prototype, { getMany, query });
  }
}

/** What is written to databases meanwhile. */
async function changesOf(action: () => Promise<void>): Promise<{ puts: number; deletes: number }> {
  const changes = { puts: 0, deletes: 0 };
  const { put, delete: remove } = WriteBatch.prototype;
  Object.assign(WriteBatch.prototype, {
    put(this: WriteBatch, ...parameters: Parameters<typeof put>) {
      changes.puts++;
      put.apply(this, parameters);
    },
    delete(this: WriteBatch, ...parameters: Parameters<typeof remove>) {
      changes.deletes++;
      remove.apply(this, parameters);
    },
  });
  try {
    await action();
  } finally {
    Object.assign(WriteBatch.prototype, { put, delete: remove });
  }
  return changes;
}
