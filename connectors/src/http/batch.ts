/** Records that go into one request. */
import type { OutgoingRecord } from '../api/index.js';
import { idempotencyKey } from '../calling/idempotency-key.js';

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

  /** Of the records' ids; undefined when a record has none. */
  idempotencyKey(): string | undefined {
    const ids = this.records.flatMap(({ id }) => id ?? []);
    return ids.length === this.records.length ? idempotencyKey(ids) : undefined;
  }
}
