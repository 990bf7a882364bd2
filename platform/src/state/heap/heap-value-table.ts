/** One value for each key in a Map. */
import type { StateDescription } from '../../job/state-handle.js';
import type { Key } from '../../record/key.js';
import type { Glance } from '../keyed-store.js';
import type { StateCodec } from '../state-codec.js';
import type { ValueTable } from '../state-tables.js';
import { stillOpen, type Capturable } from './captures.js';
import type { GatheredEntries } from './gathered-entries.js';
import { sampledBytes } from './sampled-bytes.js';
import { ValueCapture } from './value-capture.js';

export class HeapValueTable<T> implements ValueTable<T>, Capturable {
  readonly isOnDisk = false;
  readonly #values = new Map<Key, T>();
  #captures: readonly ValueCapture<T>[] | undefined;
  #sweep: Iterator<[Key, T]> | undefined;

  constructor(
    readonly description: StateDescription,
    private readonly codec: StateCodec<T>,
  ) {}

  get(key: Key): T | undefined {
    const value = this.#values.get(key);
    if (this.#captures !== undefined) this.#touch(key, value);
    return value;
  }

  put(key: Key, value: T): void {
    if (this.#captures !== undefined) this.#touch(key, this.#values.get(key));
    this.#values.set(key, value);
  }

  delete(key: Key): void {
    if (this.#captures !== undefined) this.#touch(key, this.#values.get(key));
    this.#values.delete(key);
  }

  #touch(key: Key, value: T | undefined): void {
    for (const capture of this.#captures!) capture.touch(key, value);
  }

  keys(): Iterable<Key> {
    return this.#values.keys();
  }

  *scan<G>({ ofValue }: Glance<T, G>): Generator<readonly [key: Key, told: G]> {
    for (const [key, value] of this.#values) yield [key, ofValue(value)];
  }

  runs(): undefined {
    return undefined;
  }

  prefetch(): void {}

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  get size(): number {
    return this.#values.size;
  }

  sweep(limit: number, isExpired: (value: T) => boolean): void {
    const sweep = (this.#sweep ??= this.#values.entries());
    for (let left = limit; left > 0; left--) {
      const next = sweep.next();
      if (next.done === true) {
        this.#sweep = undefined;
        return;
      }
      const [key, value] = next.value;
      if (isExpired(value)) this.delete(key);
    }
  }

  capture(into: GatheredEntries, state: number): ValueCapture<T> {
    const capture = new ValueCapture(this.#values, (key, value) => into.add(state, key, undefined, value, this.codec));
    this.#captures = stillOpen([...(this.#captures ?? []), capture]);
    return capture;
  }

  endCapture(capture: ValueCapture<T>): void {
    this.#captures = stillOpen((this.#captures ?? []).filter((other) => other !== capture));
  }

  get memoryBytes(): number {
    return sampledBytes(this.#values.values(), this.#values.size, this.codec);
  }
}
