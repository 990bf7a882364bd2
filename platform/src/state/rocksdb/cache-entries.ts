/**
 * The decoded entries of a store's states in memory. An entry is a slot: a number under which arrays have its key, its
 * value and what the cache knows of it. Ten million small values are then few objects for the garbage collector, and an
 * entry takes a fifth of what an object with these fields and its place in a Map take.
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

const IN_USE = 1;
const REFERENCED = 2;
const STORED = 4;
const FIRST_CAPACITY = 1024;

/** What a slot takes with its part of an index, bytes: the arrays grow by a half. */
export const SLOT_BYTES = 64;

export class CacheEntries {
  readonly keys: Key[] = [];
  /** Of an entry of a map; else undefined. */
  readonly mapKeys: (Key | undefined)[] = [];
  /** Undefined: known not to be there. */
  readonly values: unknown[] = [];
  /** The epoch in which it was changed first since it was written; see WriteBackCache. */
  dirtySince = new Int32Array(FIRST_CAPACITY);
  /** The cache's count of accesses at the last one. */
  touched = new Int32Array(FIRST_CAPACITY);
  /** As the budget counts it. */
  bytes = new Int32Array(FIRST_CAPACITY);
  /** Of its key; -1 until somebody needs it. */
  keyGroup = new Int16Array(FIRST_CAPACITY);
  #states = new Uint16Array(FIRST_CAPACITY);
  #flags = new Uint8Array(FIRST_CAPACITY);
  /** By the number of their state. */
  readonly #tables: (CachedTable<unknown> | undefined)[] = [];
  readonly #free: number[] = [];

  /** All slots are less. */
  get end(): number {
    return this.keys.length;
  }

  /** A clean entry that was just used. @param value undefined: known not to be there */
  add<T>(table: CachedTable<T>, key: Key, mapKey: Key | undefined, value: T | undefined): number {
    const slot = this.#free.pop() ?? this.end;
    if (slot === this.bytes.length) this.#grow();
    this.keys[slot] = key;
    this.mapKeys[slot] = mapKey;
    this.values[slot] = value;
    this.dirtySince[slot] = CLEAN;
    this.touched[slot] = 0;
    this.bytes[slot] = 0;
    this.keyGroup[slot] = -1;
    this.#states[slot] = table.state;
    this.#flags[slot] = IN_USE | REFERENCED | STORED;
    this.#tables[table.state] = table as CachedTable<unknown>;
    return slot;
  }

  #grow(): void {
    const capacity = Math.ceil(this.bytes.length * 1.5);
    const grown = <A extends Int32Array | Int16Array | Uint16Array | Uint8Array>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    this.dirtySince = grown(this.dirtySince, new Int32Array(capacity));
    this.touched = grown(this.touched, new Int32Array(capacity));
    this.bytes = grown(this.bytes, new Int32Array(capacity));
    this.keyGroup = grown(this.keyGroup, new Int16Array(capacity));
    this.#states = grown(this.#states, new Uint16Array(capacity));
    this.#flags = grown(this.#flags, new Uint8Array(capacity));
  }

  /** Its slot is free. */
  remove(slot: number): void {
    this.#flags[slot] = 0;
    // Whatever still names the slot finds a clean entry, and the collector nothing.
    this.dirtySince[slot] = CLEAN;
    this.keys[slot] = '';
    this.mapKeys[slot] = undefined;
    this.values[slot] = undefined;
    this.#free.push(slot);
  }

  table(slot: number): CachedTable<unknown> {
    return this.#tables[this.#states[slot]!]!;
  }

  state(slot: number): number {
    return this.#states[slot]!;
  }

  isInUse(slot: number): boolean {
    return this.#flags[slot] !== 0;
  }

  /** Whether it was read or written since the hand came by. */
  isReferenced(slot: number): boolean {
    return (this.#flags[slot]! & REFERENCED) !== 0;
  }

  reference(slot: number): void {
    this.#flags[slot]! |= REFERENCED;
  }

  passOver(slot: number): void {
    this.#flags[slot]! &= ~REFERENCED;
  }

  /** Whether the database may have a row of it, which has to be deleted when the value is. */
  isStored(slot: number): boolean {
    return (this.#flags[slot]! & STORED) !== 0;
  }

  setStored(slot: number, isStored: boolean): void {
    if (isStored) this.#flags[slot]! |= STORED;
    else this.#flags[slot]! &= ~STORED;
  }
}
