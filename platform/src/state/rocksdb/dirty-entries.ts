/**
 * Changed entries that wait to be written, given out in the order in which the database keeps them: key group by key
 * group, round and round, and within a key group sorted. RocksDB's memtable is a skip list: an insert beside the last one
 * finds the way in the processor's cache, and costs a third of one at a random place.
 *
 * Invariants
 * - An entry is in at most once, until it is given out.
 * - A piece of work is bounded: no more than SORTED entries are put in order at once.
 * - An entry that waits may be written by others, and its slot be another's by the time that it is given out.
 */
import { NO_ENTRY, type CacheEntries } from './cache-entries.js';
import { inKeyOrder } from './in-key-order.js';

/** Entries of a key group that are sorted at once: a millisecond. */
const SORTED = 2048;

export class DirtyEntries {
  /** Slots by key group, in the order in which they were changed. */
  readonly #groups: (number[] | undefined)[];
  #keyGroup = 0;
  /** What is being given out, and from where on. */
  #sorted: readonly number[] = [];
  #from = 0;
  #size = 0;

  constructor(
    private readonly entries: CacheEntries,
    maxParallelism: number,
  ) {
    this.#groups = new Array<undefined>(maxParallelism);
  }

  /** Of all that were added and not given out. */
  get size(): number {
    return this.#size;
  }

  add(slot: number): void {
    const keyGroup = this.entries.keyGroup(slot);
    const group = this.#groups[keyGroup];
    if (group === undefined) this.#groups[keyGroup] = [slot];
    else group.push(slot);
    this.#size++;
  }

  /** The next one to be written; NO_ENTRY when there is none. */
  take(): number {
    if (this.#from === this.#sorted.length && !this.#sortNext()) return NO_ENTRY;
    this.#size--;
    return this.#sorted[this.#from++]!;
  }

  #sortNext(): boolean {
    if (this.#size === 0) {
      this.#sorted = [];
      this.#from = 0;
      return false;
    }
    let group = this.#groups[this.#keyGroup];
    while (group === undefined) {
      this.#keyGroup = this.#keyGroup + 1 < this.#groups.length ? this.#keyGroup + 1 : 0;
      group = this.#groups[this.#keyGroup];
    }
    const sorted = group.length <= SORTED ? group : group.splice(group.length - SORTED);
    if (sorted === group) this.#groups[this.#keyGroup++] = undefined;
    this.#sorted = inKeyOrder(sorted, this.entries);
    this.#from = 0;
    return true;
  }
}
