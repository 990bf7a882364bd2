/**
 * The decoded entries of a store's states in memory. An entry is a slot: a number under which arrays have its key, its
 * value and what the cache knows of it. A million small values are then few objects for the garbage collector, and an entry
 * takes a third of what an object with these fields and its place in a Map take.
 *
 * Invariants
 * - A slot belongs to one entry from `add` to `remove`, and is given to another one after that.
 * - Slots in use lie below `end`.
 */
import type { Key } from '../../record/key.js';
import type { StateCodec } from '../state-codec.js';

/** `dirtySince` of an entry that is as the database has it: greater than any epoch. */
export const CLEAN = 2 ** 31 - 1;
/** The slot of no entry. */
export const NO_ENTRY = -1;

/** The table that an entry belongs to, as the cache sees it. */
export interface CachedTable<T> {
  /** The state's number in the database's keys. */
  readonly state: number;
  readonly codec: StateCodec<T>;
  /** The cache drops an entry; its slot is removed behind this. */
  forget(slot: number): void;
}

/** Where in the words of a slot something stands: they lie together, as they are mostly looked at together. */
const DIRTY_SINCE = 0;
const TOUCHED = 1;
const BYTES = 2;
const STATE = 3;
const KEY_GROUP_AND_FLAGS = 4;
const WORDS = 5;

const IN_USE = 1;
const REFERENCED = 2;
const STORED = 4;
const OF_MAP = 8;
const FLAG_BITS = 4;

/** What a slot takes with its part of an index, bytes: 44, a quarter as much again as the arrays grow by a half, and 14. */
export const SLOT_BYTES = 72;
const FIRST_CAPACITY = 1024;

export class CacheEntries {
  readonly keys: Key[] = [];
  /** Undefined: known not to be there. */
  readonly values: unknown[] = [];
  readonly #mapKeys: (Key | undefined)[] = [];
  #words = new Int32Array(WORDS * FIRST_CAPACITY);
  /** By the number of their state. */
  readonly #tables: (CachedTable<unknown> | undefined)[] = [];
  readonly #free: number[] = [];

  /** All slots are less. */
  get end(): number {
    return this.keys.length;
  }

  /**
   * A clean entry that was just used.
   * @param mapKey undefined for a state with one value a key
   * @param value undefined: known not to be there
   */
  add<T>(table: CachedTable<T>, key: Key, mapKey: Key | undefined, value: T | undefined, isStored: boolean): number {
    const slot = this.#free.pop() ?? this.end;
    const at = WORDS * slot;
    if (at === this.#words.length) this.#grow();
    this.keys[slot] = key;
    this.values[slot] = value;
    this.#mapKeys[slot] = mapKey;
    const words = this.#words;
    words[at + DIRTY_SINCE] = CLEAN;
    words[at + TOUCHED] = 0;
    words[at + BYTES] = 0;
    words[at + STATE] = table.state;
    words[at + KEY_GROUP_AND_FLAGS] =
      (-1 << FLAG_BITS) | IN_USE | REFERENCED | (isStored ? STORED : 0) | (mapKey === undefined ? 0 : OF_MAP);
    this.#tables[table.state] = table as CachedTable<unknown>;
    return slot;
  }

  #grow(): void {
    const words = new Int32Array(WORDS * Math.ceil((this.#words.length / WORDS) * 1.5));
    words.set(this.#words);
    this.#words = words;
  }

  /** Its slot is free. */
  remove(slot: number): void {
    // Whatever still names the slot finds a clean entry, and the collector nothing.
    this.#words[WORDS * slot + DIRTY_SINCE] = CLEAN;
    this.#words[WORDS * slot + KEY_GROUP_AND_FLAGS] = 0;
    this.keys[slot] = '';
    this.values[slot] = undefined;
    this.#mapKeys[slot] = undefined;
    this.#free.push(slot);
  }

  /** Of an entry of a map; else undefined. */
  mapKey(slot: number): Key | undefined {
    return this.#has(slot, OF_MAP) ? this.#mapKeys[slot] : undefined;
  }

  table(slot: number): CachedTable<unknown> {
    return this.#tables[this.state(slot)]!;
  }

  state(slot: number): number {
    return this.#words[WORDS * slot + STATE]!;
  }

  /** The epoch in which it was changed first since it was written; see WriteBackCache. */
  dirtySince(slot: number): number {
    return this.#words[WORDS * slot + DIRTY_SINCE]!;
  }

  setDirtySince(slot: number, epoch: number): void {
    this.#words[WORDS * slot + DIRTY_SINCE] = epoch;
  }

  /** The cache's count of accesses at the last one. */
  touched(slot: number): number {
    return this.#words[WORDS * slot + TOUCHED]!;
  }

  setTouched(slot: number, accesses: number): void {
    this.#words[WORDS * slot + TOUCHED] = accesses;
  }

  /** As the budget counts it. */
  bytes(slot: number): number {
    return this.#words[WORDS * slot + BYTES]!;
  }

  setBytes(slot: number, bytes: number): void {
    this.#words[WORDS * slot + BYTES] = bytes;
  }

  /** Of its key; negative until somebody needs it. */
  keyGroup(slot: number): number {
    return this.#words[WORDS * slot + KEY_GROUP_AND_FLAGS]! >> FLAG_BITS;
  }

  setKeyGroup(slot: number, keyGroup: number): void {
    const at = WORDS * slot + KEY_GROUP_AND_FLAGS;
    this.#words[at] = (keyGroup << FLAG_BITS) | (this.#words[at]! & ((1 << FLAG_BITS) - 1));
  }

  isInUse(slot: number): boolean {
    return this.#has(slot, IN_USE);
  }

  /** Whether it was read or written since the hand came by. */
  isReferenced(slot: number): boolean {
    return this.#has(slot, REFERENCED);
  }

  setReferenced(slot: number, isReferenced: boolean): void {
    this.#set(slot, REFERENCED, isReferenced);
  }

  /** Whether the database may have a row of it, which has to be deleted when the value is. */
  isStored(slot: number): boolean {
    return this.#has(slot, STORED);
  }

  setStored(slot: number, isStored: boolean): void {
    this.#set(slot, STORED, isStored);
  }

  #has(slot: number, flag: number): boolean {
    return (this.#words[WORDS * slot + KEY_GROUP_AND_FLAGS]! & flag) !== 0;
  }

  #set(slot: number, flag: number, isSet: boolean): void {
    const at = WORDS * slot + KEY_GROUP_AND_FLAGS;
    this.#words[at] = isSet ? this.#words[at]! | flag : this.#words[at]! & ~flag;
  }
}
