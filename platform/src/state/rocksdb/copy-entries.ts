/** Writes entries from elsewhere into a database, under its own numbers. */
import { keyGroupOfAddress } from '../entry-address.js';
import type { RestoredPart } from '../restore/restored-state.js';
import { PREFIX_BYTES, withPrefix } from './database-keys.js';
import type { RocksDatabase } from './rocks-database.js';
import type { RocksRange } from './rocksdb-package.js';
import type { StateNumbers } from './state-numbers.js';

const ROWS = 1000;

/** @param numbers what the states' numbers there are here; others are left behind */
export async function copyDatabase(
  from: RocksDatabase,
  to: RocksDatabase,
  range: RocksRange,
  numbers: ReadonlyMap<number, number>,
  yieldToEventLoop: () => Promise<void>,
): Promise<void> {
  let rows = from.query(range, ROWS);
  while (rows.length > 0) {
    to.write((batch) => {
      for (let i = 0; i < rows.length; i += 2) {
        const key = rows[i]!;
        const number = numbers.get(key.readUInt16BE(2));
        if (number !== undefined)
          batch.put(withPrefix(key.readUInt16BE(0), number, key.subarray(PREFIX_BYTES)), rows[i + 1]!);
      }
    });
    await yieldToEventLoop();
    rows = from.query({ ...range, gte: Buffer.concat([rows.at(-2)!, Buffer.of(0)]) }, ROWS);
  }
}

export function copyCanonical(
  parts: readonly RestoredPart[],
  to: RocksDatabase,
  numbers: StateNumbers,
  maxParallelism: number,
): void {
  for (const { description, entries } of parts) {
    const number = numbers.of(description);
    for (let start = 0; start < entries.length; start += 2 * ROWS) {
      to.write((batch) => {
        for (let i = start; i < Math.min(entries.length, start + 2 * ROWS); i += 2) {
          const address = entries[i]!;
          const keyGroup = keyGroupOfAddress(description.kind, address, maxParallelism);
          batch.put(withPrefix(keyGroup, number, address), entries[i + 1]!);
        }
      });
    }
  }
}
