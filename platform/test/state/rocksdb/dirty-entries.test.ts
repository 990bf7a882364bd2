import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CacheEntries, NO_ENTRY, type CachedTable } from '../../../src/state/rocksdb/cache-entries.js';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import { DirtyEntries } from '../../../src/state/rocksdb/dirty-entries.js';
import type { Key } from '../../../src/record/key.js';

const KEY_GROUPS = 8;

const tables = [1, 2].map((state): CachedTable<unknown> => ({
  state,
  codec: plainValueCodec<unknown>(),
  forget: () => undefined,
}));

const entries = new CacheEntries();

/** @returns its slot */
function entry(keyGroup: number, key: Key, table = 0, mapKey?: Key): number {
  const slot = entries.add(tables[table]!, key, mapKey, 0, true);
  entries.setKeyGroup(slot, keyGroup);
  return slot;
}

const keysOf = (slots: readonly number[]): readonly Key[] => slots.map((slot) => entries.keys[slot]!);

function takeAll(dirty: DirtyEntries): number[] {
  const taken: number[] = [];
  for (let next = dirty.take(); next !== NO_ENTRY; next = dirty.take()) taken.push(next);
  return taken;
}

describe('dirty entries', () => {
  it('are given out once each, whatever is added and taken in between', () => {
    const anyKey = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.bigInt());
    const anyEntry = fc
      .tuple(fc.nat(KEY_GROUPS - 1), anyKey, fc.nat(1), fc.option(fc.string(), { nil: undefined }))
      .map((parts) => () => entry(...parts));
    const steps = fc.array(fc.oneof(anyEntry, fc.nat(20)), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (sequence) => {
        const dirty = new DirtyEntries(entries, KEY_GROUPS);
        const added: number[] = [];
        const taken: number[] = [];
        for (const step of sequence) {
          if (typeof step !== 'number') {
            const slot = step();
            dirty.add(slot);
            added.push(slot);
          } else {
            for (let left = step; left > 0; left--) {
              const next = dirty.take();
              if (next !== NO_ENTRY) taken.push(next);
            }
          }
          assert.equal(dirty.size, added.length - taken.length);
        }
        taken.push(...takeAll(dirty));
        assert.equal(taken.length, added.length);
        assert.deepEqual(new Set(taken), new Set(added));
      }),
    );
  });

  it('come key group by key group, and sorted within one', () => {
    const dirty = new DirtyEntries(entries, KEY_GROUPS);
    const keys = Array.from({ length: 1000 }, (_, i) => `customer-${(i * 7919) % 100_003}`);
    for (const [i, key] of keys.entries()) dirty.add(entry(i % 3, key));
    const expected = [0, 1, 2].flatMap((group) => keys.filter((_, i) => i % 3 === group).sort());
    assert.deepEqual(keysOf(takeAll(dirty)), expected);
  });

  it('of several states and of maps come state by state, and map by map', () => {
    const dirty = new DirtyEntries(entries, KEY_GROUPS);
    const [a, b, c, d] = [entry(0, 9, 1), entry(0, 'k', 0, 2), entry(0, 'k', 0, 1), entry(0, 'j', 0, 3)];
    for (const each of [a, b, c, d]) dirty.add(each);
    assert.deepEqual(takeAll(dirty), [d, c, b, a]);
  });

  it('that are more than are sorted at once are all given out', () => {
    const dirty = new DirtyEntries(entries, KEY_GROUPS);
    const keys = Array.from({ length: 10_000 }, (_, i) => `k${i}`);
    for (const key of keys) dirty.add(entry(5, key));
    assert.deepEqual(new Set(keysOf(takeAll(dirty))), new Set(keys));
  });

  it('are given out round and round: what is added while its key group is being written waits for the next round', () => {
    const dirty = new DirtyEntries(entries, KEY_GROUPS);
    for (const group of [0, 1, 2]) dirty.add(entry(group, `first-${group}`));
    assert.deepEqual(keysOf([dirty.take()]), ['first-0']);
    dirty.add(entry(0, 'second-0'));
    assert.deepEqual(keysOf(takeAll(dirty)), ['first-1', 'first-2', 'second-0']);
  });
});
