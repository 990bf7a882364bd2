/**
 * Where the entries of one state are, by key. Open addressing with linear probing (Knuth, The Art of Computer Programming
 * 6.4): beside the slot lies the key's hash, so that a key is compared only when it is the right one, and what is
 * removed leaves no trace. A Map keeps room for what was removed, is there twice while it is made anew, and takes five times as
 * much.
 *
 * Invariants
 * - An entry lies at the place of its hash or behind it, with no empty place in between.
 * - At most three of four places are taken.
 */
import type { Key } from '../../record/key.js';
import { NO_ENTRY, type CacheEntries } from './cache-entries.js';
import { hashOfKey } from './key-hash.js';

const FIRST_BITS = 6;
const EMPTY = 0;

export class EntryIndex {
  /** Two numbers a place: the hash, and the slot + 1. */
  #places: Int32Array;
  /** Places are 2 ** bits; an entry's is the upper bits of its hash, so that a greater index has the same order. */
  #bits = FIRST_BITS;
  #size = 0;
  /** Found last: who reads a key mostly writes it next. */
  #last = NO_ENTRY;

  constructor(
    private readonly entries: CacheEntries,
    private readonly seed: number,
  ) {
    this.#places = new Int32Array(2 << FIRST_BITS);
  }

  get size(): number {
    return this.#size;
  }

  /** @returns the slot of the entry with this key; NO_ENTRY when there is none */
  find(key: Key): number {
    const { keys } = this.entries;
    if (this.#last !== NO_ENTRY && keys[this.#last] === key) return this.#last;
    const hash = hashOfKey(key, this.seed);
    const places = this.#places;
    for (let at = this.#home(hash); places[at + 1] !== EMPTY; at = this.#next(at)) {
      const slot = places[at + 1]! - 1;
      if (places[at] === hash && keys[slot] === key) return (this.#last = slot);
    }
    return NO_ENTRY;
  }

  #home(hash: number): number {
    return (hash >>> (32 - this.#bits)) << 1;
  }

  #next(at: number): number {
    return (at + 2) & (this.#places.length - 1);
  }

  /** Takes an entry in, whose key is not here. */
  add(slot: number): void {
    if (4 * ++this.#size > 3 << this.#bits) this.#resize(this.#bits + 1);
    this.#put(hashOfKey(this.entries.keys[slot]!, this.seed), slot + 1);
    this.#last = slot;
  }

  #put(hash: number, taken: number): void {
    let at = this.#home(hash);
    while (this.#places[at + 1] !== EMPTY) at = this.#next(at);
    this.#places[at] = hash;
    this.#places[at + 1] = taken;
  }

  #resize(bits: number): void {
    const before = this.#places;
    this.#places = new Int32Array(2 << bits);
    this.#bits = bits;
    for (let at = 0; at < before.length; at += 2) if (before[at + 1] !== EMPTY) this.#put(before[at]!, before[at + 1]!);
  }

  /** Takes out an entry that is here, before its slot is free. */
  remove(slot: number): void {
    if (this.#last === slot) this.#last = NO_ENTRY;
    let at = this.#home(hashOfKey(this.entries.keys[slot]!, this.seed));
    while (this.#places[at + 1] !== slot + 1) at = this.#next(at);
    this.#close(at);
    this.#size--;
    if (this.#bits > FIRST_BITS && 8 * this.#size < 1 << this.#bits) this.#resize(this.#bits - 1);
  }

  /** Fills a gap with what lies behind it and may lie here, and its gap in turn. */
  #close(gap: number): void {
    const places = this.#places;
    const mask = places.length - 1;
    for (let at = this.#next(gap); places[at + 1] !== EMPTY; at = this.#next(at)) {
      // How far from its home it is, and would be.
      if (((at - this.#home(places[at]!)) & mask) < ((at - gap) & mask)) continue;
      places[gap] = places[at]!;
      places[gap + 1] = places[at + 1]!;
      gap = at;
    }
    places[gap + 1] = EMPTY;
  }
}
