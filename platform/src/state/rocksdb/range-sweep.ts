/**
 * Goes round the entries of a state in the database, a few at a time: key group by key group, then from the beginning.
 * What is not yet written is met in a later round.
 */
import { stateRange } from './database-keys.js';
import type { RocksTables } from './rocks-tables.js';

export class RangeSweep {
  #keyGroup: number | undefined;
  #after: Buffer | undefined;

  /** Visits up to `limit` entries of one key group. */
  next(tables: RocksTables, state: number, limit: number, visit: (key: Buffer, value: Buffer) => void): void {
    const { first, last } = tables.keyGroups;
    const keyGroup = this.#keyGroup ?? first;
    const range = stateRange(keyGroup, state);
    const rows = tables.database.query(this.#after === undefined ? range : { ...range, gte: this.#after }, limit);
    for (let i = 0; i < rows.length; i += 2) visit(rows[i]!, rows[i + 1]!);
    if (rows.length === 2 * limit) {
      // The next key behind the last one: the same with a zero.
      this.#after = Buffer.concat([rows.at(-2)!, Buffer.of(0)]);
    } else {
      this.#after = undefined;
      this.#keyGroup = keyGroup >= last ? first : keyGroup + 1;
    }
  }
}
