import assert from 'node:assert/strict';
import fc from 'fast-check';
import { crc32 } from 'node:zlib';
import type { KeyedStateHandle, StateFile } from '../../../src/job/state-handle.js';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import { HeapKeyedStore } from '../../../src/state/heap/heap-keyed-store.js';
import type { HeapSnapshot } from '../../../src/state/heap/heap-snapshot.js';
import type { KeyedStore } from '../../../src/state/keyed-store.js';
import { readHandlesNow } from '../../../src/state/restore/read-handles.js';
import { MemoryCheckpoints } from '../memory-checkpoints.js';
import { openHeapStore, storeOptions } from '../stores.js';

interface Counter {
  n: number;
}

const KEYS = 2000;
const countersOf = (store: KeyedStore) =>
  store.value({ owner: 'o', name: 'counters', codec: plainValueCodec<Counter>() });
const mapsOf = (store: KeyedStore) => store.map({ owner: 'o', name: 'maps', codec: plainValueCodec<number>() });

function filled(): HeapKeyedStore {
  const store = openHeapStore({ fileBytes: 10_000 });
  const counters = countersOf(store);
  const maps = mapsOf(store);
  for (let key = 0; key < KEYS; key++) {
    counters.put(key, { n: key });
    maps.put(key % 20, `m${key}`, key);
  }
  return store;
}

/** Drives the slices, with something done before each; gives the files. */
function drive(
  snapshot: HeapSnapshot,
  between: (slice: number) => void,
): { handle: KeyedStateHandle; contents: Buffer[] } {
  const parts: Uint8Array[][] = [];
  let slice = 0;
  for (const { file, bytes } of snapshot.slices()) {
    (parts[file] ??= []).push(bytes);
    between(slice++);
  }
  assert.ok(slice > 30, 'there are few slices');
  const contents = parts.map((pieces) => Buffer.concat(pieces));
  const files = contents.map((bytes, i): StateFile => ({ name: `f${i}`, bytes: bytes.length, crc32: crc32(bytes) }));
  return { handle: snapshot.handleOf(files)!, contents };
}

describe('a snapshot of the heap', () => {
  it('is of its moment, whatever is read, changed in place, added and deleted between its slices', () => {
    const undisturbed = drive(filled().snapshot({ checkpoint: 1 }), () => undefined);
    const change = fc.record({
      slice: fc.nat(40),
      key: fc.nat(KEYS + 20),
      what: fc.constantFrom('change', 'delete', 'recreate', 'entry', 'deleteEntry', 'entries', 'clear'),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const store = filled();
        const [counters, maps] = [countersOf(store), mapsOf(store)];
        const disturbed = drive(store.snapshot({ checkpoint: 1 }), (slice) => {
          for (const { key, what } of changes.filter((one) => one.slice === slice)) {
            const counter = counters.get(key) ?? { n: 0 };
            const map = key % 20;
            if (what === 'change') {
              counter.n = -1;
              counters.put(key, counter);
            } else if (what === 'delete') counters.delete(key);
            else if (what === 'recreate') {
              counters.delete(key);
              counters.put(key, { n: -2 });
            } else if (what === 'entry') maps.put(map, `m${key}`, -1);
            else if (what === 'deleteEntry') maps.delete(map, `m${key}`);
            else if (what === 'entries') for (const [mapKey] of maps.entries(map)) maps.put(map, mapKey, -3);
            else maps.clear(map);
          }
        });
        assert.equal(disturbed.contents.length, undisturbed.contents.length);
        disturbed.contents.forEach((bytes, i) => assert.ok(bytes.equals(undisturbed.contents[i]!), `file ${i}`));
      }),
      { numRuns: 30 },
    );
  });

  it('has nothing of an earlier one that is another since, whatever came between them and between their slices', () => {
    const change = fc.record({
      slice: fc.nat(40),
      key: fc.nat(KEYS + 20),
      what: fc.constantFrom('change', 'replace', 'delete', 'recreate', 'read'),
    });
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 60 }), { minLength: 2, maxLength: 4 }), (rounds) => {
        const [store, model] = [filled(), new Map<number, number>()];
        const counters = countersOf(store);
        const put = (key: number, n: number): void => {
          counters.put(key, { n });
          model.set(key, n);
        };
        for (let key = 0; key < KEYS; key++) model.set(key, key);
        rounds.forEach((changes, round) => {
          const expected = filled();
          for (let key = 0; key < KEYS; key++) countersOf(expected).delete(key);
          for (const [key, n] of model) countersOf(expected).put(key, { n });
          const snapshot = store.snapshot({ checkpoint: round + 1 });
          const { contents } = drive(snapshot, (slice) => {
            for (const { key, what } of changes.filter((one) => one.slice === slice)) {
              const counter = counters.get(key);
              if (what === 'delete' || what === 'recreate') {
                counters.delete(key);
                model.delete(key);
              }
              if (what === 'replace' || what === 'recreate') put(key, 10_000 * (round + 1));
              if (what === 'change' && counter !== undefined) {
                counter.n = -round - 1;
                counters.put(key, counter);
                model.set(key, counter.n);
              }
            }
          });
          const { contents: fresh } = drive(expected.snapshot({ checkpoint: round + 1 }), () => undefined);
          assert.equal(contents.length, fresh.length);
          contents.forEach((bytes, i) => assert.ok(bytes.equals(fresh[i]!), `file ${i} of snapshot ${round + 1}`));
        });
      }),
      { numRuns: 20 },
    );
  });

  it('does not depend on the order in which keys came', () => {
    const backwards = openHeapStore({ fileBytes: 10_000 });
    const maps = mapsOf(backwards);
    const counters = countersOf(backwards);
    for (let key = KEYS - 1; key >= 0; key--) {
      counters.put(key, { n: key });
      maps.put(key % 20, `m${key}`, key);
    }
    const [one, other] = [filled(), backwards].map((store) =>
      drive(store.snapshot({ checkpoint: 1 }), () => undefined),
    );
    assert.deepEqual(one!.contents, other!.contents);
  });

  it('is written in files of bounded size and read without waiting', () => {
    const { handle, contents } = drive(filled().snapshot({ checkpoint: 1 }), () => undefined);
    assert.ok(contents.length > 3);
    for (const bytes of contents) assert.ok(bytes.length < 80_000, `${bytes.length} bytes`);
    const options = storeOptions();
    const restored = new HeapKeyedStore(
      options,
      readHandlesNow([handle], ({ name }) => contents[Number(name.slice(1))]!, options),
    );
    const counters = countersOf(restored);
    assert.equal([...counters.keys()].length, KEYS);
    assert.deepEqual(counters.get(7), { n: 7 });
    assert.equal([...mapsOf(restored).entries(3)].length, KEYS / 20);
  });

  it('two at a time are each of their own moment', async () => {
    const store = openHeapStore();
    const counters = countersOf(store);
    counters.put('k', { n: 1 });
    const first = store.snapshot({ checkpoint: 1 });
    counters.put('k', { n: 2 });
    const second = store.snapshot({ checkpoint: 2 });
    counters.put('k', { n: 3 });
    const storage = new MemoryCheckpoints();
    const read = async (snapshot: HeapSnapshot): Promise<unknown> => {
      const handle = await snapshot.persist(storage.target(`chk-${snapshot === first ? 1 : 2}`));
      const options = storeOptions();
      return countersOf(
        new HeapKeyedStore(
          options,
          readHandlesNow([handle!], (file) => storage.contentOf(file), options),
        ),
      ).get('k');
    };
    assert.deepEqual(await read(second), { n: 2 });
    assert.deepEqual(await read(first), { n: 1 });
    assert.deepEqual(counters.get('k'), { n: 3 });
  });

  it('of nothing is nothing', async () => {
    const storage = new MemoryCheckpoints();
    assert.equal(await openHeapStore().snapshot({ checkpoint: 1 }).persist(storage.target('c')), undefined);
    assert.equal(storage.files.size, 0);
  });

  it('fails for a value that cannot be written, and not the operator that reads it', async () => {
    const store = openHeapStore();
    const codec = {
      ...plainValueCodec<object>(),
      encode: () => {
        throw new Error('cannot be written');
      },
    };
    const state = store.value<object>({ owner: 'o', name: 's', codec });
    state.put('k', {});
    const snapshot = store.snapshot({ checkpoint: 1 });
    assert.deepEqual(state.get('k'), {});
    await assert.rejects(snapshot.persist(new MemoryCheckpoints().target('c')), /cannot be written/);
  });

  it('that is released costs the store nothing more', () => {
    let written = 0;
    const codec = plainValueCodec<object>();
    const store = openHeapStore();
    const state = store.value<object>({
      owner: 'o',
      name: 's',
      codec: { ...codec, encode: (value, out) => (written++, codec.encode(value, out)) },
    });
    for (const key of ['a', 'b']) state.put(key, {});
    const snapshot = store.snapshot({ checkpoint: 1 });
    state.get('a');
    snapshot.release();
    state.get('b');
    assert.equal(written, 1);
  });
});
