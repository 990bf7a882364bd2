/** Records that go into one request. */
import { createHash } from 'node:crypto';
import type { OutgoingRecord } from '../api/index.js';

export class Batch {
  readonly records: OutgoingRecord[] = [];
  /** Characters or bytes of the payloads. */
  size = 0;

  add(record: OutgoingRecord): void {
    this.records.push(record);
    this.size += record.payload.length;
  }

  /** The payload of a single record as it is; as a JSON list where requests are batches, of one record too. */
  body(isList: boolean): string | Uint8Array {
    const [first] = this.records;
    if (!isList && first !== undefined) return first.payload;
    return `[${this.records.map(({ payload }) => (typeof payload === 'string' ? payload : Buffer.from(payload).toString())).join(',')}]`;
  }

  /** The record's id, or one made of all ids; undefined when a record has none. */
  idempotencyKey(): string | undefined {
    const ids = this.records.map(({ id }) => id);
    if (ids.includes(undefined)) return undefined;
    // Hashed in any case: an id is not bound to characters that a header may hold.
    return createHash('sha256').update(JSON.stringify(ids)).digest('hex').slice(0, 32);
  }
}
