import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { VirtualClock } from '../../../src/common/virtual-clock.js';
import type { KeyedStateHandle } from '../../../src/job/state-handle.js';
import { HeapKeyedStore } from '../../../src/state/heap/heap-keyed-store.js';
import type { KeyedStore } from '../../../src/state/keyed-store.js';
import { readHandles } from '../../../src/state/restore/read-handles.js';
import { MemoryCheckpoints } from '../memory-checkpoints.js';
import { RocksFixture } from '../rocksdb/fixture.js';
import { storeOptions } from '../stores.js';
import type { Restore } from './fixture.js';
import { KEYS, openStates } from './sample-states.js';

/** Written by format version 1, of `fill`; in the sources, as it is the same on every machine. */
const GOLDEN = new URL('../../../../test/state/golden/savepoint-v1.base64', import.meta.url);
const NOW = 1_700_000_000_000;

function fill(store: KeyedStore): void {
  const states = openStates(store);
  KEYS.forEach((key, i) => {
    states.value.put(key, { i, text: `é${i}`, big: 2n ** 70n, nothing: undefined, list: [-0, NaN, null, true] });
    states.otherOwner.put(key, i);
    states.list.update(key, ['a', i, new Uint8Array([i])]);
    for (const mapKey of KEYS.slice(0, i)) states.map.put(key, mapKey, i);
    states.reducing.add(key, i);
    for (const n of [1, i]) states.aggregating.add(key, n);
    states.expiring.put(key, i);
    states.expiringList.add(key, i);
    states.expiringMap.put(key, 'k', i);
    for (const tag of ['', 'a']) states.timers.set(key, 1000 - i, tag);
  });
}

describe('a savepoint', () => {
  const fixture = new RocksFixture();
  after(() => fixture.cleanUp());
  const clock = new VirtualClock(NOW);

  const backends: Record<string, (restore?: Restore) => Promise<KeyedStore>> = {
    heap: async (restore) => {
      const options = storeOptions({ clock });
      return new HeapKeyedStore(options, restore && (await readHandles(restore.handles, restore.from, options)));
    },
    rocksdb: (restore) => fixture.open({ clock }, restore && { ...restore, source: restore.from }),
  };

  const savepointOf = async (
    store: KeyedStore,
  ): Promise<{ handle: KeyedStateHandle; bytes: Buffer; from: MemoryCheckpoints }> => {
    const from = new MemoryCheckpoints();
    const barrier = {
      checkpoint: 1,
      timestamp: 0,
      type: 'savepoint',
      alignment: { mode: 'none' },
      then: 'continue',
    } as const;
    const handle = await store.snapshot(barrier).persist(from.target('s'));
    await store.close();
    return { handle: handle!, bytes: Buffer.concat([...from.files.values()]), from };
  };

  const golden = (): Buffer => Buffer.from(readFileSync(GOLDEN, 'utf8'), 'base64');

  for (const [name, open] of Object.entries(backends)) {
    it(`of ${name} is, byte for byte, the golden one`, async () => {
      const store = await open();
      fill(store);
      assert.ok((await savepointOf(store)).bytes.equals(golden()));
    });

    it(`that is golden is read by ${name} and written again as it was`, async () => {
      const store = await backends['heap']!();
      fill(store);
      const { handle } = await savepointOf(store);
      const from = new MemoryCheckpoints();
      const file = { name: 'golden', bytes: golden().length, crc32: crc32(golden()) };
      from.files.set('golden', golden());
      const restored = await open({
        checkpoint: 1,
        handles: [{ ...handle, content: { format: 'canonical', version: 1, files: [file] } }],
        from,
      });
      const states = openStates(restored);
      assert.deepStrictEqual(states.value.get('a'), {
        i: 1,
        text: 'é1',
        big: 2n ** 70n,
        nothing: undefined,
        list: [-0, NaN, null, true],
      });
      assert.equal(states.timers.next, 1000 - (KEYS.length - 1));
      assert.ok((await savepointOf(restored)).bytes.equals(golden()));
    });
  }

  it('goes from the heap to RocksDB and back without a change', async () => {
    let store = await backends['heap']!();
    fill(store);
    const first = await savepointOf(store);
    let last = first;
    for (const name of ['rocksdb', 'heap', 'rocksdb']) {
      store = await backends[name]!({ checkpoint: 1, handles: [last.handle], from: last.from });
      openStates(store);
      last = await savepointOf(store);
    }
    assert.ok(last.bytes.equals(first.bytes));
    assert.deepEqual(last.handle.states, first.handle.states);
  });
});
