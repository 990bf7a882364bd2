/**
 * Goes round the entries of a state in the database, a few at a time: key group by key group, then from the beginning.
 * What is not yet written is met in a later round.
 *
 * Where many entries come many are looked at, so that a round takes no longer than it takes as many new ones to come as
 * there are: what is expired then takes no more of the disk than what lives.
 */
import { next, stateRange } from './database-keys.js';
import type { RocksTables } from './rocks-tables.js';

/** Few enough to be far below the 10 ms for which a thread may be kept. */
const ROWS_MAX = 1024;
/** Below, a look at the database costs more than what it finds. */
const ROWS_MIN = 64;

export class RangeSweep {
  #keyGroup: number | undefined;
  #after: Buffer | undefined;

  /** How many have come for which none was looked at. */
  #added = 0;

  /** There is one entry more. */
  added(): void {
    this.#added++;
  }

  /** Visits up to `entries`, or as many as have come, in as many key groups as that is worth queries. */
  next(tables: RocksTables, state: number, entries: number, visit: (key: Buffer, value: Buffer) => void): void {
    const rows = Math.min(Math.max(entries, this.#added), ROWS_MAX);
    if (rows < ROWS_MIN) return;
    this.#added = Math.max(this.#added - rows, 0);
    let left = rows;
    for (let queries = Math.floor(rows / ROWS_MIN); queries > 0 && left > 0; queries--)
      left -= this.#visitGroup(tables, state, left, visit);
  }

  /** Goes on in the present key group. @returns how many it visited */
  #visitGroup(
    { keyGroups, database }: RocksTables,
    state: number,
    limit: number,
    visit: (key: Buffer, value: Buffer) => void,
  ): number {
    const keyGroup = this.#keyGroup ?? keyGroups.first;
    const range = stateRange(keyGroup, state);
    const rows = database.query(this.#after === undefined ? range : { ...range, gte: this.#after }, limit);
    for (let i = 0; i < rows.length; i += 2) visit(rows[i]!, rows[i + 1]!);
    if (rows.length === 2 * limit) {
      this.#after = next(rows.at(-2)!);
    } else {
      this.#after = undefined;
      this.#keyGroup = keyGroup >= keyGroups.last ? keyGroups.first : keyGroup + 1;
    }
    return rows.length / 2;
  }
}
