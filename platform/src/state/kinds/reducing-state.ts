/** A value that grows by an associative function of two values. */
import type { Key } from '../../record/key.js';
import type { ReducingState, ValueState } from '../keyed-store.js';

export class TableReducingState<T> implements ReducingState<T> {
  constructor(
    private readonly values: ValueState<T>,
    private readonly reduce: (left: T, right: T) => T,
  ) {}

  get(key: Key): T | undefined {
    return this.values.get(key);
  }

  add(key: Key, value: T): void {
    const before = this.values.get(key);
    this.values.put(key, before === undefined ? value : this.reduce(before, value));
  }

  delete(key: Key): void {
    this.values.delete(key);
  }
}
