/** What sample states must hold: plain Maps, and nothing clever. Immutable values, so that a copy is shallow. */
import type { Key } from '../../../src/record/key.js';
import { TTL_MS } from './sample-states.js';

interface Stamped {
  readonly value: unknown;
  readonly time: number;
}

export class Model {
  value = new Map<Key, unknown>();
  otherOwner = new Map<Key, unknown>();
  list = new Map<Key, readonly unknown[]>();
  map = new Map<Key, ReadonlyMap<Key, unknown>>();
  reducing = new Map<Key, number>();
  aggregating = new Map<Key, readonly number[]>();
  expiring = new Map<Key, Stamped>();
  expiringList = new Map<Key, readonly Stamped[]>();
  expiringMap = new Map<Key, ReadonlyMap<Key, Stamped>>();
  timers = new Map<Key, ReadonlySet<string>>();

  copy(): Model {
    const copy = new Model();
    for (const name of Object.keys(this) as (keyof Model)[])
      Object.assign(copy, { [name]: new Map(this[name] as unknown as Map<Key, unknown>) });
    return copy;
  }

  static isLive({ time }: Stamped, now: number): boolean {
    return time + TTL_MS > now;
  }
}

/** A copy of a Map of Maps with one entry changed; without the inner Map when that is empty. */
export function withEntry<V>(maps: Map<Key, ReadonlyMap<Key, V>>, key: Key, mapKey: Key, value: V | undefined): void {
  const inner = new Map(maps.get(key) ?? []);
  if (value === undefined) inner.delete(mapKey);
  else inner.set(mapKey, value);
  if (inner.size === 0) maps.delete(key);
  else maps.set(key, inner);
}
