import assert from 'node:assert/strict';
import { TidegateError } from '../../../src/common/errors.js';
import type { KeyedStateHandle } from '../../../src/job/state-handle.js';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import { HeapKeyedStore } from '../../../src/state/heap/heap-keyed-store.js';
import type { KeyedStore } from '../../../src/state/keyed-store.js';
import { readHandlesNow } from '../../../src/state/restore/read-handles.js';
import { IncompatibleState, type StateCodec } from '../../../src/state/state-codec.js';
import { VirtualClock } from '../../../src/common/virtual-clock.js';
import { MemoryCheckpoints } from '../memory-checkpoints.js';
import { openHeapStore, storeOptions } from '../stores.js';

const numbers = plainValueCodec<number>();
const OPTIONS = { owner: 'o', name: 's', codec: numbers };

/** The number as text, `v2`; reads `plain/1` too, but keeps no negative numbers. */
const TEXTS: StateCodec<string> = {
  id: 'text/2',
  schema: null,
  encode: (value, out) => out.string(value),
  decode: (bytes) => bytes.string(),
  migrate: (id) => {
    if (id === 'text/2') return (bytes) => bytes.string();
    if (id !== 'plain/1') return new IncompatibleState(`it was ${id} and is text/2 now`);
    return (bytes) => {
      const number = numbers.decode(bytes);
      return number < 0 ? undefined : String(number);
    };
  },
  sizeOf: () => 0,
};

async function snapshotOf(store: KeyedStore): Promise<{ handle: KeyedStateHandle; storage: MemoryCheckpoints }> {
  const storage = new MemoryCheckpoints();
  const handle = await store
    .snapshot({ checkpoint: 1, timestamp: 0, type: 'savepoint', alignment: { mode: 'none' }, then: 'continue' })
    .persist(storage.target('c'));
  assert.ok(handle !== undefined);
  return { handle, storage };
}

async function restored(
  store: KeyedStore,
  change: (handle: KeyedStateHandle) => KeyedStateHandle = (handle) => handle,
  clock = new VirtualClock(),
) {
  const { handle, storage } = await snapshotOf(store);
  const options = storeOptions({ clock });
  const state = readHandlesNow([change(handle)], (file) => storage.contentOf(file), options);
  return { store: new HeapKeyedStore(options, state), state };
}

function withNumbers(): HeapKeyedStore {
  const store = openHeapStore();
  const state = store.value(OPTIONS);
  state.put('a', 1);
  state.put('b', -1);
  return store;
}

describe('restored state', () => {
  it('is migrated by the codec of today, value by value', async () => {
    const { store } = await restored(withNumbers());
    const state = store.value({ ...OPTIONS, codec: TEXTS });
    assert.equal(state.get('a'), '1');
    assert.equal(state.get('b'), undefined, 'nothing of it could be kept');
  });

  it('F58: that no codec reads is refused when the operator is built, before anything is processed', async () => {
    const old = openHeapStore();
    old.value({ ...OPTIONS, codec: { ...TEXTS, id: 'text/1' } }).put('a', 'x');
    const { store } = await restored(old);
    assert.throws(
      () => store.value({ ...OPTIONS, codec: TEXTS }),
      (error: unknown) =>
        error instanceof TidegateError &&
        error.code === 'TG420' &&
        /state s of o cannot be read: it was text\/1 and is text\/2 now/.test(error.message),
    );
  });

  it('of another kind is refused', async () => {
    const { store } = await restored(withNumbers());
    assert.throws(() => store.list(OPTIONS), /the state s of o was a value and is a list now/);
  });

  it('that nobody asks for is known by name', async () => {
    const { store, state } = await restored(withNumbers());
    assert.deepEqual(
      state.unclaimed().map(({ owner, name }) => [owner, name]),
      [['o', 's']],
    );
    store.value(OPTIONS);
    assert.deepEqual(state.unclaimed(), []);
  });

  it('is found under its new name when the handle says it', async () => {
    const { store } = await restored(withNumbers(), (handle) => ({
      ...handle,
      states: handle.states.map((description) => ({ ...description, owner: 'renamed' })),
    }));
    assert.equal(store.value(OPTIONS).get('a'), undefined);
    assert.equal(store.value({ ...OPTIONS, owner: 'renamed' }).get('a'), 1);
  });

  it('may be given a time to live, which begins at the restore, or lose it', async () => {
    const clock = new VirtualClock(5000);
    const timed = { ...OPTIONS, ttl: { ms: 100 } };
    const { store } = await restored(withNumbers(), undefined, clock);
    const state = store.value(timed);
    clock.advanceTo(5099);
    assert.equal(state.get('a'), 1);
    const { store: timeless } = await restored(store, undefined, clock);
    clock.advanceTo(9999);
    assert.equal(state.get('a'), undefined);
    assert.equal(timeless.value(OPTIONS).get('a'), 1);
  });

  it('F57: of a savepoint with another maxParallelism is dealt out by each key’s new group', async () => {
    const old = openHeapStore({ maxParallelism: 16, keyGroups: { first: 0, last: 15 } });
    const values = old.value(OPTIONS);
    const maps = old.map({ ...OPTIONS, name: 'm' });
    for (let key = 0; key < 100; key++) {
      values.put(key, key);
      maps.put(key, 'x', key);
    }
    const { handle, storage } = await snapshotOf(old);
    const seen: number[] = [];
    for (const keyGroups of [
      { first: 0, last: 200 },
      { first: 201, last: 511 },
    ]) {
      const options = storeOptions({ keyGroups, maxParallelism: 512 });
      const state = readHandlesNow([handle], (file) => storage.contentOf(file), { ...options, rehash: true });
      const store = new HeapKeyedStore(options, state);
      const keys = [...store.value(OPTIONS).keys()] as number[];
      for (const key of keys) assert.equal(store.map({ ...OPTIONS, name: 'm' }).get(key, 'x'), key);
      assert.ok(keys.length > 20);
      seen.push(...keys);
    }
    assert.deepEqual(
      seen.sort((a, b) => a - b),
      [...Array(100).keys()],
    );
  });

  it('of RocksDB’s own format is refused on the heap', async () => {
    await assert.rejects(
      restored(withNumbers(), (handle) => ({ ...handle, content: { format: 'rocksdb', version: 1, files: [] } })),
      (error: unknown) => error instanceof TidegateError && error.code === 'TG426',
    );
  });
});
