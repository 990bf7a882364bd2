/** Maps whose entries have a time to live, each for itself. */
import type { Key } from '../../record/key.js';
import type { Stamped } from '../codecs/stamped-codec.js';
import type { MapState } from '../keyed-store.js';
import type { MapTable } from '../state-tables.js';
import type { Lifetime } from './lifetime.js';

export class ExpiringMapState<V> implements MapState<V> {
  constructor(
    private readonly table: MapTable<Stamped<V>>,
    private readonly lifetime: Lifetime,
  ) {}

  get(key: Key, mapKey: Key): V | undefined {
    const stamped = this.table.get(key, mapKey);
    return stamped === undefined ? undefined : this.#live(key, mapKey, stamped);
  }

  #live(key: Key, mapKey: Key, stamped: Stamped<V>): V | undefined {
    if (this.lifetime.isExpired(stamped)) {
      this.table.delete(key, mapKey);
      return undefined;
    }
    if (this.lifetime.onRead) this.table.put(key, mapKey, this.lifetime.stamp(stamped.value));
    return stamped.value;
  }

  put(key: Key, mapKey: Key, value: V): void {
    this.table.put(key, mapKey, this.lifetime.stamp(value));
  }

  delete(key: Key, mapKey: Key): void {
    this.table.delete(key, mapKey);
  }

  *entries(key: Key): Iterable<readonly [mapKey: Key, value: V]> {
    for (const [mapKey, stamped] of this.table.entries(key)) {
      const value = this.#live(key, mapKey, stamped);
      if (value !== undefined) yield [mapKey, value];
    }
  }

  behind(key: Key, after: Key | undefined, limit: number): readonly (readonly [mapKey: Key, value: V])[] {
    const found: (readonly [mapKey: Key, value: V])[] = [];
    for (let from = after; ;) {
      const next = this.table.behind(key, from, limit);
      for (const [mapKey, stamped] of next) {
        const value = this.#live(key, mapKey, stamped);
        if (value !== undefined && found.length < limit) found.push([mapKey, value]);
      }
      if (next.length < limit || found.length === limit) return found;
      from = next.at(-1)![0];
    }
  }

  clear(key: Key): void {
    this.table.clear(key);
  }
}
