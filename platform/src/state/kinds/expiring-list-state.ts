/** Lists whose elements have a time to live, each for itself. */
import type { Key } from '../../record/key.js';
import type { Stamped } from '../codecs/stamped-codec.js';
import type { ListState } from '../keyed-store.js';
import type { Lifetime } from './lifetime.js';

export class ExpiringListState<T> implements ListState<T> {
  constructor(
    private readonly elements: ListState<Stamped<T>>,
    private readonly lifetime: Lifetime,
  ) {}

  get(key: Key): readonly T[] {
    const all = this.elements.get(key);
    const live = all.filter((element) => !this.lifetime.isExpired(element));
    if (this.lifetime.onRead && live.length > 0) this.update(key, valuesOf(live));
    else if (live.length < all.length) this.elements.update(key, live);
    return valuesOf(live);
  }

  add(key: Key, value: T): void {
    this.elements.add(key, this.lifetime.stamp(value));
  }

  update(key: Key, values: readonly T[]): void {
    this.elements.update(
      key,
      values.map((value) => this.lifetime.stamp(value)),
    );
  }

  delete(key: Key): void {
    this.elements.delete(key);
  }
}

function valuesOf<T>(elements: readonly Stamped<T>[]): readonly T[] {
  return elements.map(({ value }) => value);
}
