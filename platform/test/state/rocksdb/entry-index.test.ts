import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Key } from '../../../src/record/key.js';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import { CacheEntries, NO_ENTRY, type CachedTable } from '../../../src/state/rocksdb/cache-entries.js';
import { EntryIndex } from '../../../src/state/rocksdb/entry-index.js';
import { hashOfKey } from '../../../src/state/rocksdb/key-hash.js';

const table: CachedTable<number> = { state: 3, codec: plainValueCodec<number>(), forget: () => undefined };

/** An index beside a Map that says what it should find. */
class Checked {
  readonly entries = new CacheEntries();
  readonly index = new EntryIndex(this.entries, 7);
  readonly model = new Map<Key, number>();

  toggle(key: Key): void {
    const slot = this.index.find(key);
    assert.equal(slot, this.model.get(key) ?? NO_ENTRY);
    if (slot === NO_ENTRY) {
      const added = this.entries.add(table, key, undefined, 1, true);
      this.index.add(added);
      this.model.set(key, added);
    } else {
      this.index.remove(slot);
      this.entries.remove(slot);
      this.model.delete(key);
    }
    assert.equal(this.index.size, this.model.size);
  }

  checkAll(): void {
    for (const [key, slot] of this.model) {
      assert.equal(this.index.find(key), slot);
      assert.equal(this.entries.keys[slot], key);
    }
  }
}

describe('an index of entries', () => {
  it('finds what was added and not removed, as a Map does, whatever the keys', () => {
    const key = fc.oneof(fc.string(), fc.nat(40), fc.double({ noNaN: true }), fc.boolean(), fc.bigInt());
    fc.assert(
      fc.property(fc.array(key, { maxLength: 400 }), (keys) => {
        const checked = new Checked();
        for (const each of keys) checked.toggle(each === 0 ? 0 : each);
        checked.checkAll();
      }),
    );
  });

  it('closes the gaps among entries that fall together when one of them goes', () => {
    // Keys whose hashes agree in the upper bits lie in one run of a small index.
    const together = Array.from({ length: 200_000 }, (_, i) => i).filter((key) => hashOfKey(key, 7) >>> 22 === 1023);
    assert.ok(together.length > 50);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...together.slice(0, 40)), { maxLength: 300 }), (keys) => {
        const checked = new Checked();
        keys.forEach((key) => checked.toggle(key));
        checked.checkAll();
      }),
    );
  });

  it('grows and shrinks with what it holds', () => {
    const checked = new Checked();
    for (let key = 0; key < 20_000; key++) checked.toggle(`customer-${key}`);
    checked.checkAll();
    for (let key = 0; key < 20_000; key++) if (key % 100 !== 0) checked.toggle(`customer-${key}`);
    checked.checkAll();
    assert.equal(checked.index.size, 200);
  });

  it('tells numbers, texts and truth values apart that look alike', () => {
    const checked = new Checked();
    for (const key of [1, '1', true, 0, '0', false, 1.5, '1.5', 2n ** 60n, String(2n ** 60n)]) checked.toggle(key);
    assert.equal(checked.index.size, 10);
    checked.checkAll();
  });
});

describe('hashes of keys', () => {
  const spread = (hashes: readonly number[]): number => new Set(hashes.map((hash) => hash >>> 22)).size;

  const kinds: readonly (readonly [string, (i: number) => Key])[] = [
    ['integers', (i) => i],
    ['fractions', (i) => i / 1000],
    ['large integers', (i) => 2n ** 60n + BigInt(i)],
    ['texts that differ in their last characters', (i) => `customer-${i}`],
    ['texts that differ in their first characters', (i) => `${i}-customer`],
  ];
  for (const [kind, keyAt] of kinds) {
    it(`of ${kind} are spread over their upper bits, which choose the place`, () => {
      const hashes = Array.from({ length: 10_000 }, (_, i) => hashOfKey(keyAt(i), 1));
      assert.ok(spread(hashes) > 1000, `${spread(hashes)} of 1024 places`);
    });
  }

  it('are others by another seed', () => {
    const at = (seed: number) => Array.from({ length: 100 }, (_, i) => hashOfKey(`k${i}`, seed));
    assert.notDeepEqual(at(1), at(2));
  });
});
