/**
 * Changed entries that wait to be written, given out in the order in which the database keeps them: key group by key
 * group, round and round, and within a key group sorted. RocksDB's memtable is a skip list: an insert beside the last one
 * finds the way in the processor's cache, and costs a third of one at a random place.
 *
 * Invariants
 * - An entry is in at most once, until it is given out.
 * - A piece of work is bounded: no more than SORTED entries are put in order at once.
 */
import type { CacheEntry } from './cache-entry.js';
import { inKeyOrder } from './in-key-order.js';

/** Entries of a key group that are sorted at once: a millisecond. */
const SORTED = 2048;

type AnyEntry = CacheEntry<unknown>;

export class DirtyEntries {
  /** By key group, in the order in which they were changed. */
  readonly #groups: (AnyEntry[] | undefined)[];
  #keyGroup = 0;
  /** What is being given out, and from where on. */
  #sorted: readonly AnyEntry[] = [];
  #from = 0;
  #size = 0;

  constructor(maxParallelism: number) {
    this.#groups = new Array<undefined>(maxParallelism);
  }

  /** Of all that were added and not given out. */
  get size(): number {
    return this.#size;
  }

  add(entry: AnyEntry): void {
    const group = this.#groups[entry.keyGroup];
    if (group === undefined) this.#groups[entry.keyGroup] = [entry];
    else group.push(entry);
    this.#size++;
  }

  /** The next one to be written; undefined when there is none. */
  take(): AnyEntry | undefined {
    if (this.#from === this.#sorted.length && !this.#sortNext()) return undefined;
    this.#size--;
    return this.#sorted[this.#from++];
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
    this.#sorted = inKeyOrder(sorted);
    this.#from = 0;
    return true;
  }
}
