/** Values with a time to live: what is expired is not seen, and is deleted by who comes across it. */
import type { Key } from '../../record/key.js';
import { readStamp, type Stamped } from '../codecs/stamped-codec.js';
import type { Glance, ValueState } from '../keyed-store.js';
import type { ValueTable } from '../state-tables.js';
import type { Lifetime } from './lifetime.js';

const EXPIRED = Symbol('expired');

export class ExpiringValueState<T> implements ValueState<T> {
  constructor(
    private readonly table: ValueTable<Stamped<T>>,
    private readonly lifetime: Lifetime,
  ) {}

  get(key: Key): T | undefined {
    const stamped = this.table.get(key);
    if (stamped === undefined) return undefined;
    if (this.lifetime.isExpired(stamped)) {
      this.table.delete(key);
      return undefined;
    }
    if (this.lifetime.onRead) this.table.put(key, this.lifetime.stamp(stamped.value));
    return stamped.value;
  }

  put(key: Key, value: T): void {
    this.table.put(key, this.lifetime.stamp(value));
  }

  delete(key: Key): void {
    this.table.delete(key);
  }

  *keys(): Iterable<Key> {
    for (const key of this.table.keys()) {
      const stamped = this.table.get(key);
      if (stamped !== undefined && !this.lifetime.isExpired(stamped)) yield key;
    }
  }

  *scan<G>({ ofValue, ofBytes }: Glance<T, G>): Generator<readonly [key: Key, told: G]> {
    const { isExpired } = this.lifetime;
    const live = this.table.scan<G | typeof EXPIRED>({
      ofValue: (stamped) => (isExpired(stamped) ? EXPIRED : ofValue(stamped.value)),
      ofBytes: (bytes) => (isExpired({ time: readStamp(bytes) }) ? EXPIRED : ofBytes(bytes)),
    });
    for (const [key, told] of live) if (told !== EXPIRED) yield [key, told];
  }

  prefetch(keys: readonly (Key | undefined)[], count: number): void {
    this.table.prefetch(keys, count);
  }

  get isOnDisk(): boolean {
    return this.table.isOnDisk;
  }

  get isEmpty(): boolean {
    return this.table.isEmpty;
  }
}
