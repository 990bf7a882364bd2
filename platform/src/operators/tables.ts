/**
 * Look-up tables: rows by key, replaced as a whole when their file changes.
 *
 * Invariants
 * - A look-up sees either the old content or the new one, never a mixture.
 * - Conditions hold the table, not its rows, so a reload is seen by the next event.
 */
import type { TableRows } from '../expression/index.js';
import { toKey, type Key } from '../record/key.js';

export type Row = Readonly<Record<string, unknown>>;

export class Table implements TableRows {
  #rows: ReadonlyMap<Key, Row>;

  constructor(
    private readonly keyField: string,
    rows: readonly Row[] = [],
  ) {
    this.#rows = this.#index(rows);
  }

  get(key: unknown): Row | undefined {
    const canonical = toKey(key);
    return canonical === undefined ? undefined : this.#rows.get(canonical);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** One for each key. */
  rows(): Row[] {
    return [...this.#rows.values()];
  }

  /** Replaces all rows. Of several rows with one key the last one counts; a row without a usable key is left out. */
  replace(rows: readonly Row[]): void {
    this.#rows = this.#index(rows);
  }

  #index(rows: readonly Row[]): Map<Key, Row> {
    const index = new Map<Key, Row>();
    for (const row of rows) {
      const key = Object.hasOwn(row, this.keyField) ? toKey(row[this.keyField]) : undefined;
      if (key !== undefined) index.set(key, row);
    }
    return index;
  }
}
