/**
 * One value for each key in a Map.
 *
 * Invariants
 * - What a snapshot has written of an entry is copied by the next one, as long as nobody was given the value or has
 *   changed it: with a checkpoint each 100 ms that is nine of ten.
 */
import type { StateDescription } from '../../job/state-handle.js';
import type { Key } from '../../record/key.js';
import type { Glance } from '../keyed-store.js';
import type { StateCodec } from '../state-codec.js';
import type { ValueTable } from '../state-tables.js';
import { stillOpen, type Capturable } from './captures.js';
import type { GatheredEntries, GatheredGroup } from './gathered-entries.js';
import { sampledBytes } from './sampled-bytes.js';
import { ValueCapture } from './value-capture.js';

/** A table that takes more is large enough without what snapshots have written of it, bytes. */
const KEPT_MEMORY_MAX = 64 * 1024 * 1024;

/** An entry in memory beside its value. */
const ENTRY_BYTES = 48;

interface Entry<T> {
  value: T;
  /** Where a snapshot has written it as it is now, and as which of the group's entries. */
  written: GatheredGroup | undefined;
  at: number;
}

export class HeapValueTable<T> implements ValueTable<T>, Capturable {
  readonly isOnDisk = false;
  readonly #entries = new Map<Key, Entry<T>>();
  #captures: readonly ValueCapture<Entry<T>>[] | undefined;
  #sweep: Iterator<[Key, Entry<T>]> | undefined;

  constructor(
    readonly description: StateDescription,
    private readonly codec: StateCodec<T>,
  ) {}

  get(key: Key): T | undefined {
    const entry = this.#entries.get(key);
    if (this.#captures !== undefined) this.#touch(key, entry);
    if (entry === undefined) return undefined;
    entry.written = undefined;
    return entry.value;
  }

  put(key: Key, value: T): void {
    const entry = this.#entries.get(key);
    if (this.#captures !== undefined) this.#touch(key, entry);
    if (entry === undefined) {
      this.#entries.set(key, { value, written: undefined, at: 0 });
      return;
    }
    entry.value = value;
    entry.written = undefined;
  }

  delete(key: Key): void {
    if (this.#captures !== undefined) this.#touch(key, this.#entries.get(key));
    this.#entries.delete(key);
  }

  #touch(key: Key, entry: Entry<T> | undefined): void {
    for (const capture of this.#captures!) capture.touch(key, entry);
  }

  keys(): Iterable<Key> {
    return this.#entries.keys();
  }

  *scan<G>({ ofValue }: Glance<T, G>): Generator<readonly [key: Key, told: G]> {
    for (const [key, { value }] of this.#entries) yield [key, ofValue(value)];
  }

  runs(): undefined {
    return undefined;
  }

  prefetch(): void {}

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  get size(): number {
    return this.#entries.size;
  }

  sweep(limit: number, isExpired: (value: T) => boolean): void {
    const sweep = (this.#sweep ??= this.#entries.entries());
    for (let left = limit; left > 0; left--) {
      const next = sweep.next();
      if (next.done === true) {
        this.#sweep = undefined;
        return;
      }
      const [key, { value }] = next.value;
      if (isExpired(value)) this.delete(key);
    }
  }

  capture(into: GatheredEntries, state: number): ValueCapture<Entry<T>> {
    const isKept = this.memoryBytes <= KEPT_MEMORY_MAX;
    const capture = new ValueCapture(this.#entries, (key, entry) => {
      const { written, value } = entry;
      const group =
        written === undefined
          ? into.add(state, key, undefined, value, this.codec)
          : into.addWritten(state, written, entry.at);
      entry.written = isKept ? group : undefined;
      if (group !== undefined) entry.at = group.last;
    });
    this.#captures = stillOpen([...(this.#captures ?? []), capture]);
    return capture;
  }

  endCapture(capture: ValueCapture<Entry<T>>): void {
    this.#captures = stillOpen((this.#captures ?? []).filter((other) => other !== capture));
  }

  get memoryBytes(): number {
    const { size } = this.#entries;
    return sampledBytes(valuesOf(this.#entries), size, this.codec) + ENTRY_BYTES * size;
  }
}

function* valuesOf<T>(entries: ReadonlyMap<Key, Entry<T>>): Generator<T> {
  for (const { value } of entries.values()) yield value;
}
