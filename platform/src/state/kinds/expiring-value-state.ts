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
    yield* live(this.table.scan(this.#glance({ ofValue, ofBytes })));
  }

  runs<G>(after: Key | undefined, glance: Glance<T, G>): Iterable<Iterable<readonly [key: Key, told: G]>> | undefined {
    const runs = this.table.runs(after, this.#glance(glance));
    return runs && eachLive(runs);
  }

  #glance<G>({ ofValue, ofBytes }: Glance<T, G>): Glance<Stamped<T>, G | typeof EXPIRED> {
    const { isExpired } = this.lifetime;
    return {
      ofValue: (stamped) => (isExpired(stamped) ? EXPIRED : ofValue(stamped.value)),
      ofBytes: (bytes) => (isExpired({ time: readStamp(bytes) }) ? EXPIRED : ofBytes(bytes)),
    };
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

type Told<G> = readonly [key: Key, told: G];

function* live<G>(told: Iterable<Told<G | typeof EXPIRED>>): Generator<Told<G>> {
  for (const [key, one] of told) if (one !== EXPIRED) yield [key, one];
}

function* eachLive<G>(runs: Iterable<Iterable<Told<G | typeof EXPIRED>>>): Generator<Iterable<Told<G>>> {
  for (const run of runs) yield live(run);
}
