/** What every backend must do with state that another version of the application has left. */
import assert from 'node:assert/strict';
import { TidegateError } from '../../../src/common/errors.js';
import { VirtualClock } from '../../../src/common/virtual-clock.js';
import type { CheckpointBarrier } from '../../../src/job/checkpoint-barrier.js';
import type { KeyedStateHandle } from '../../../src/job/state-handle.js';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import type { KeyedStore } from '../../../src/state/keyed-store.js';
import type { KeyedStoreOptions } from '../../../src/state/state-backend.js';
import { IncompatibleState, type StateCodec } from '../../../src/state/state-codec.js';
import { MemoryCheckpoints } from '../memory-checkpoints.js';
import { storeOptions } from '../stores.js';
import type { BackendFixture, Restore } from './fixture.js';

const numbers = plainValueCodec<number>();
const OPTIONS = { owner: 'o', name: 's', codec: numbers };

/** Texts; reads `plain/1` too, but keeps no negative numbers. */
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

async function persisted(store: KeyedStore, type: CheckpointBarrier['type'], storage: MemoryCheckpoints) {
  const barrier = { checkpoint: 1, timestamp: 0, type, alignment: { mode: 'none' }, then: 'continue' } as const;
  return store.snapshot(barrier).persist(storage.target('c'));
}

/** Takes a snapshot and closes the store. */
async function snapshotOf(store: KeyedStore, type: CheckpointBarrier['type']) {
  const storage = new MemoryCheckpoints();
  const handle = await persisted(store, type, storage);
  assert.ok(handle !== undefined);
  await store.close();
  return { handle, storage };
}

export function restoreConformance(fixture: BackendFixture): void {
  const filled = async (options: Partial<KeyedStoreOptions> = {}): Promise<KeyedStore> => {
    const store = await fixture.open(storeOptions(options));
    const state = store.value(OPTIONS);
    state.put('a', 1);
    state.put('b', -1);
    return store;
  };

  describe(`restored state on ${fixture.name}`, () => {
    const opened: KeyedStore[] = [];
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      fixture.cleanUp();
    });

    for (const type of ['checkpoint', 'savepoint'] as const) {
      const restored = async (
        old: Promise<KeyedStore>,
        change: (handle: KeyedStateHandle) => KeyedStateHandle = (handle) => handle,
        clock = new VirtualClock(),
      ): Promise<KeyedStore> => {
        const { handle, storage } = await snapshotOf(await old, type);
        const store = await fixture.open(storeOptions({ clock }), {
          checkpoint: 1,
          handles: [change(handle)],
          from: storage,
        });
        opened.push(store);
        return store;
      };

      describe(`of a ${type}`, () => {
        it('is migrated by the codec of today, value by value', async () => {
          const store = await restored(filled());
          const state = store.value({ ...OPTIONS, codec: TEXTS });
          assert.equal(state.get('a'), '1');
          assert.equal(state.get('b'), undefined, 'nothing of it could be kept');
          assert.deepEqual([...state.keys()], ['a']);
        });

        it('is written by the codec of today from then on', async () => {
          const store = await fixture.open(storeOptions(), await restoreOf(filled(), type));
          store.value({ ...OPTIONS, codec: TEXTS });
          const { handle } = await snapshotOf(store, type);
          assert.deepEqual(
            handle.states.map(({ codec }) => codec),
            ['text/2'],
          );
        });

        it('F58: that no codec reads is refused when the operator is built, before anything is processed', async () => {
          const old = await fixture.open(storeOptions());
          old.value({ ...OPTIONS, codec: { ...TEXTS, id: 'text/1' } }).put('a', 'x');
          const store = await restored(Promise.resolve(old));
          assert.throws(
            () => store.value({ ...OPTIONS, codec: TEXTS }),
            (error: unknown) =>
              error instanceof TidegateError &&
              error.code === 'TG420' &&
              /state s of o cannot be read: it was text\/1 and is text\/2 now/.test(error.message),
          );
        });

        it('of another kind is refused', async () => {
          const store = await restored(filled());
          assert.throws(() => store.list(OPTIONS), /the state s of o was a value and is a list now/);
        });

        it('that nobody opens is known by name, and given up with the next snapshot', async () => {
          const store = await restored(filled());
          store.value({ ...OPTIONS, name: 'other' }).put('a', 7);
          assert.deepEqual(
            store.unclaimed().map(({ owner, name }) => [owner, name]),
            [['o', 's']],
          );
          const later = await restored(Promise.resolve(store));
          assert.deepEqual(
            later.unclaimed().map(({ name }) => name),
            ['other'],
          );
          assert.equal(later.value(OPTIONS).get('a'), undefined);
          assert.equal(later.value({ ...OPTIONS, name: 'other' }).get('a'), 7);
          assert.deepEqual(later.unclaimed(), []);
        });

        it('is found under its new name when the handle says it', async () => {
          const store = await restored(filled(), (handle) => ({
            ...handle,
            states: handle.states.map((description) => ({ ...description, owner: 'renamed' })),
          }));
          assert.equal(store.value(OPTIONS).get('a'), undefined);
          assert.equal(store.value({ ...OPTIONS, owner: 'renamed' }).get('a'), 1);
        });

        it('has timers of the clock that became due while nothing ran: they fire once, in their order', async () => {
          const clock = new VirtualClock(1000);
          const old = await fixture.open(storeOptions({ clock }));
          const timers = old.timers('o', 'timers');
          for (const [key, delay] of [
            ['late', 500],
            ['b', 20],
            ['a', 20],
            ['soon', 10],
          ] as const) {
            timers.set(key, clock.now() + delay);
          }
          clock.advanceTo(1100);
          const store = await restored(Promise.resolve(old), undefined, clock);
          const fired: unknown[] = [];
          const after = store.timers('o', 'timers');
          for (let round = 0; round < 2; round++) after.advance(clock.now(), (key, time) => fired.push([key, time]));
          assert.deepEqual(fired, [
            ['soon', 1010],
            ['a', 1020],
            ['b', 1020],
          ]);
          assert.equal(after.next, 1500);
        });

        it('whose time to live ran out while nothing ran is not seen', async () => {
          const clock = new VirtualClock(1000);
          const timed = { ...OPTIONS, ttl: { ms: 100 } };
          const old = await fixture.open(storeOptions({ clock }));
          const before = old.value(timed);
          before.put('old', 1);
          clock.advanceTo(1060);
          before.put('young', 2);
          const store = await restored(Promise.resolve(old), undefined, clock);
          clock.advanceTo(1100);
          assert.equal(store.value(timed).get('old'), undefined);
          assert.deepEqual([...store.value(timed).keys()], ['young']);
          clock.advanceTo(1160);
          assert.equal(store.value(timed).get('young'), undefined);
        });

        it('may be given a time to live, which begins at the restore, or lose it', async () => {
          const clock = new VirtualClock(5000);
          const store = await restored(filled(), undefined, clock);
          const timed = store.value({ ...OPTIONS, ttl: { ms: 100 } });
          clock.advanceTo(5099);
          assert.equal(timed.get('a'), 1);
          const timeless = await restored(Promise.resolve(store), undefined, clock);
          clock.advanceTo(9999);
          assert.equal(timeless.value(OPTIONS).get('a'), 1);
        });
      });
    }

    it('F57: of a savepoint with another maxParallelism is dealt out by each key’s new group', async () => {
      const old = await fixture.open(storeOptions({ maxParallelism: 16, keyGroups: { first: 0, last: 15 } }));
      const values = old.value(OPTIONS);
      const maps = old.map({ ...OPTIONS, name: 'm' });
      for (let key = 0; key < 100; key++) {
        values.put(key, key);
        maps.put(key, 'x', key);
      }
      const { handle, storage } = await snapshotOf(old, 'savepoint');
      const seen: number[] = [];
      const ranges = [
        { first: 0, last: 200 },
        { first: 201, last: 511 },
      ];
      for (const keyGroups of ranges) {
        const options = storeOptions({ keyGroups, maxParallelism: 512 });
        const store = await fixture.open(options, { checkpoint: 1, handles: [handle], from: storage, rehash: true });
        opened.push(store);
        const state = store.value(OPTIONS);
        const keys = [...state.keys()] as number[];
        for (const key of keys) {
          assert.equal(state.get(key), key);
          assert.equal(store.map({ ...OPTIONS, name: 'm' }).get(key, 'x'), key);
        }
        assert.ok(keys.length > 20);
        seen.push(...keys);
      }
      assert.deepEqual(
        seen.sort((a, b) => a - b),
        [...Array(100).keys()],
      );
    });

    it('what is expired is gone also when nobody reads it', async () => {
      const clock = new VirtualClock();
      const store = await fixture.open(storeOptions({ clock }));
      opened.push(store);
      const timed = store.value({ ...OPTIONS, name: 't', ttl: { ms: 10 } });
      const maps = store.map({ ...OPTIONS, name: 'm', ttl: { ms: 10 } });
      for (let key = 0; key < 1000; key++) {
        timed.put(key, 1);
        maps.put(key % 7, key, 1);
      }
      await persisted(store, 'checkpoint', new MemoryCheckpoints());
      clock.advanceTo(10);
      for (let frame = 0; frame < 6000; frame++) store.drain();
      assert.equal(
        await persisted(store, 'savepoint', new MemoryCheckpoints()),
        undefined,
        'something is left to write',
      );
    });
  });
}

async function restoreOf(old: Promise<KeyedStore>, type: CheckpointBarrier['type']): Promise<Restore> {
  const { handle, storage } = await snapshotOf(await old, type);
  return { checkpoint: 1, handles: [handle], from: storage };
}
