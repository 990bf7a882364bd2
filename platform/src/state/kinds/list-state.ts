/** Lists in a value table: one value a key. A list without elements is no value. */
import type { Key } from '../../record/key.js';
import type { ListState } from '../keyed-store.js';
import type { ValueTable } from '../state-tables.js';

const NONE: readonly never[] = [];

export class TableListState<T> implements ListState<T> {
  constructor(private readonly table: ValueTable<readonly T[]>) {}

  get(key: Key): readonly T[] {
    return this.table.get(key) ?? NONE;
  }

  add(key: Key, value: T): void {
    const values = this.table.get(key) as T[] | undefined;
    if (values === undefined) this.table.put(key, [value]);
    else {
      values.push(value);
      this.table.put(key, values);
    }
  }

  update(key: Key, values: readonly T[]): void {
    if (values.length === 0) this.table.delete(key);
    else this.table.put(key, [...values]);
  }

  delete(key: Key): void {
    this.table.delete(key);
  }
}
