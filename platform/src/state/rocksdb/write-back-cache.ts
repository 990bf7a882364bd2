/**
 * Decoded entries over the database, inside a budget of bytes: reads come from here, changes stay here until they are
 * written in batches, in the order of the database.
 *
 * A checkpoint is a new epoch. What is dirty of an earlier epoch belongs to the checkpoint: it is written in slices, or
 * before it is handed out or changed (copy on first touch, as on the heap), and until all of it is written nothing newer
 * goes to the database. So the database then is exactly the state at the barrier, and nobody stood still for it.
 *
 * Invariants
 * - An entry is dropped only when it is clean and its batch was written.
 * - While an epoch is being saved, `dirtySince` of dirty entries is this epoch (newer) or less (to be saved); else it is
 *   this epoch for all of them.
 * - The entries of the last PROTECTED accesses are never dropped: operators hold their values.
 */
import { ByteWriter } from '../../record/codec/byte-writer.js';
import { plainValueBytes } from '../codecs/plain-value-size.js';
import { CacheEntries, CLEAN, NO_ENTRY, SLOT_BYTES } from './cache-entries.js';
import { DirtyEntries } from './dirty-entries.js';
import type { DatabaseKeys } from './database-keys.js';
import type { RocksDatabase } from './rocks-database.js';
import type { WriteBatch } from './write-batch.js';

/** Entries that are written in one piece: few enough to be far below the 10 ms for which a thread may be kept. */
const SLICE = 256;
/**
 * Beyond this many dirty entries some are written, so that a barrier finds few. Below, hot keys are written once, and the
 * more there are the closer together those lie that are written one after the other.
 */
const DIRTY_MAX = 131_072;
/** Slices written at the end of a frame: more than it changes. */
const DRAINED_SLICES = 4;
const PROTECTED = 1024;
/** Steps of the hand in one `drain`: more than a frame brings in. */
const HAND_STEPS = 4096;
/** A long step without `drain` may go over the budget by this much before it is held up. */
const OVERDRAFT = 1.125;
/** The least that an entry takes, with its key. */
const ENTRY_BYTES = SLOT_BYTES + 32;

export class WriteBackCache {
  /** The number of the epoch that changes belong to. */
  epoch = 0;
  readonly entries = new CacheEntries();
  /** Of entries; wraps around. */
  #accesses = 0;
  #bytes = 0;
  /** Goes round the slots. */
  #hand = 0;
  #dirty: DirtyEntries;
  #unsaved: DirtyEntries;
  readonly #dirtyMax: number;
  /** From the barrier until `saveSlice` has said that all is saved, also when there is nothing to save. */
  #isSaving = false;
  /** Encoded and not yet written. */
  readonly #batch: WriteBatch;
  readonly #value = new ByteWriter();

  constructor(
    private readonly database: RocksDatabase,
    private readonly keys: DatabaseKeys,
    private readonly budgetBytes: number,
    /** Called when room is needed that only the end of the epoch's saving can give. */
    private readonly settle: () => void,
  ) {
    this.#dirty = new DirtyEntries(this.entries, keys.maxParallelism);
    this.#unsaved = new DirtyEntries(this.entries, keys.maxParallelism);
    this.#batch = database.batch();
    this.#dirtyMax = Math.min(DIRTY_MAX, Math.ceil(budgetBytes / 4 / ENTRY_BYTES));
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes in an entry that was just added. */
  admit(slot: number): void {
    this.entries.setTouched(slot, (this.#accesses = (this.#accesses + 1) | 0));
    this.#weigh(slot);
    if (this.#bytes > this.budgetBytes * OVERDRAFT) this.#makeRoom();
  }

  /** To be called before a value is handed out. */
  touch(slot: number): void {
    const { entries } = this;
    entries.setTouched(slot, (this.#accesses = (this.#accesses + 1) | 0));
    entries.setReferenced(slot, true);
    if (entries.dirtySince(slot) < this.epoch) this.#save(slot);
  }

  /** To be called when the value was replaced (or handed out and changed), behind `touch`. */
  changed(slot: number): void {
    const { entries } = this;
    if (entries.dirtySince(slot) !== CLEAN) return;
    entries.setDirtySince(slot, this.epoch);
    if (entries.keyGroup(slot) < 0) entries.setKeyGroup(slot, this.keys.keyGroupOf(entries.keys[slot]!));
    this.#weigh(slot);
    this.#dirty.add(slot);
  }

  #weigh(slot: number): void {
    const { entries } = this;
    const value = entries.values[slot];
    const ofValue = value === undefined ? 0 : entries.table(slot).codec.sizeOf(value);
    const bytes = SLOT_BYTES + plainValueBytes(entries.keys[slot]) + ofValue;
    this.#bytes += bytes - entries.bytes(slot);
    entries.setBytes(slot, bytes);
  }

  /** From here on, changes are of another epoch; what is dirty now is to be saved. The epoch before must be saved. */
  beginEpoch(): void {
    this.epoch++;
    this.#unsaved = this.#dirty;
    this.#dirty = new DirtyEntries(this.entries, this.keys.maxParallelism);
    this.#isSaving = true;
  }

  /** Writes a piece of what the epochs before have left dirty. @returns whether all of it is in the database now, and nothing newer: to be held before anything else is done */
  saveSlice(): boolean {
    for (let left = SLICE; left > 0; left--) {
      const slot = this.#unsaved.take();
      if (slot === NO_ENTRY) break;
      if (this.entries.dirtySince(slot) < this.epoch) this.#save(slot);
    }
    if (this.#unsaved.size > 0) return false;
    this.#isSaving = false;
    this.flush();
    return true;
  }

  #save(slot: number): void {
    this.#encode(slot);
    if (this.#batch.size >= SLICE) this.flush();
  }

  #encode(slot: number): void {
    const { entries } = this;
    if (entries.values[slot] !== undefined) this.#put(slot);
    else if (entries.isStored(slot)) this.#delete(slot);
    entries.setDirtySince(slot, CLEAN);
    this.#weigh(slot);
  }

  #put(slot: number): void {
    const { entries } = this;
    this.#value.reset();
    entries.table(slot).codec.encode(entries.values[slot], this.#value);
    this.#batch.put(this.#keyOf(slot), this.#value.view());
    entries.setStored(slot, true);
  }

  #delete(slot: number): void {
    this.#batch.delete(this.#keyOf(slot));
    this.entries.setStored(slot, false);
  }

  #keyOf(slot: number): Uint8Array {
    const { entries } = this;
    return this.keys.view(entries.state(slot), entries.keyGroup(slot), entries.keys[slot]!, entries.mapKey(slot));
  }

  /** Writes what is encoded. */
  flush(): void {
    if (this.#batch.size > 0) this.database.commit(this.#batch);
  }

  /** Writes all that is dirty. The epoch before must be saved. */
  writeAll(): void {
    while (this.#writeSlice());
    this.flush();
  }

  /** @returns whether there was any */
  #writeSlice(): boolean {
    if (this.#dirty.size === 0) return false;
    for (let left = SLICE; left > 0; left--) {
      const slot = this.#dirty.take();
      if (slot === NO_ENTRY) break;
      if (this.entries.dirtySince(slot) !== CLEAN) this.#encode(slot);
    }
    this.flush();
    return true;
  }

  /**
   * A bounded piece of dropping and writing, at the end of a frame. Dropping comes first: only when the clean ones are not
   * enough are dirty ones written before there are many of them.
   */
  drain(): void {
    if (this.#bytes > this.budgetBytes) this.#drop(HAND_STEPS);
    if (this.#isSaving) return;
    for (let left = DRAINED_SLICES; left > 0 && this.#mustWrite(); left--) this.#writeSlice();
  }

  #mustWrite(): boolean {
    const { size } = this.#dirty;
    return size > this.#dirtyMax || (size > 0 && this.#bytes > this.budgetBytes);
  }

  /** In the middle of a step that never ends: writes and drops until there is room, or nothing is left to drop. */
  #makeRoom(): void {
    if (this.#isSaving) this.settle();
    for (let rounds = 0; this.#bytes > this.budgetBytes && rounds < 4; rounds++) {
      // The hand passes over what was used since the last time; the second round finds all that is clean.
      if (rounds >= 2) while (this.#writeSlice());
      this.#drop(this.entries.end);
    }
  }

  /** CLOCK (Corbató, 1968): the hand passes over what was used since it came by, and drops what was not. */
  #drop(steps: number): void {
    this.flush();
    const { entries } = this;
    for (let left = steps; left > 0 && this.#bytes > this.budgetBytes; left--) {
      const slot = this.#hand < entries.end ? this.#hand : 0;
      this.#hand = slot + 1;
      if (this.#mayDrop(slot)) this.#dropEntry(slot);
      else entries.setReferenced(slot, false);
    }
  }

  #mayDrop(slot: number): boolean {
    const { entries } = this;
    return (
      entries.isInUse(slot) &&
      !entries.isReferenced(slot) &&
      entries.dirtySince(slot) === CLEAN &&
      ((this.#accesses - entries.touched(slot)) | 0) >= PROTECTED
    );
  }

  #dropEntry(slot: number): void {
    const { entries } = this;
    this.#bytes -= entries.bytes(slot);
    entries.table(slot).forget(slot);
    entries.remove(slot);
  }
}
