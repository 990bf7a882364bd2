/**
 * The headers that a function gave its record for Kafka, as they go along with the record to its egress: in one header of ours, as
 * a JSON list, since a record's own have each name once, and texts alone.
 *
 * Invariants
 * - They are looked for in what functions have emitted, and nowhere else: whoever sends records to an ingress may give them any header.
 */
import type { OutgoingRecord } from '@tidegate/connectors/api';
import { isUtf8 } from 'node:buffer';
import type { Split, StreamRecord } from './stream-record.js';

export type EmittedHeaders = NonNullable<OutgoingRecord['headers']>;

/** Of all that functions emit. */
export const EMITTED: Split = { ingress: 'functions', id: 'emitted' };
const NAME = 'emitted-headers';
type Kept = readonly (readonly [name: string, value: string | null | { readonly base64: string }])[];

export function keptHeaders(headers: EmittedHeaders): Readonly<Record<string, string>> {
  const kept: Kept = headers.map(([name, value]) => [name, value instanceof Uint8Array ? keptBytes(value) : value]);
  return { [NAME]: JSON.stringify(kept) };
}

/** Undefined: no function gave it any. */
export function emittedHeaders({
  headers,
  split,
}: Pick<StreamRecord, 'headers' | 'split'>): EmittedHeaders | undefined {
  if (headers === undefined || split.ingress !== EMITTED.ingress || split.id !== EMITTED.id) return undefined;
  const kept = headers[NAME];
  if (kept === undefined) return undefined;
  return (JSON.parse(kept) as Kept).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null ? Buffer.from(value.base64, 'base64') : value,
  ]);
}

function keptBytes(value: Uint8Array): string | { readonly base64: string } {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') };
}
