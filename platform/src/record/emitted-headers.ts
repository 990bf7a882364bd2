/**
 * The headers that a function gave its record for Kafka, as they go along with the record to its egress: in one header of ours, as
 * a JSON list, since a record's own have each name once, and texts alone.
 */
import type { OutgoingRecord } from '@tidegate/connectors/api';
import { isUtf8 } from 'node:buffer';

export type EmittedHeaders = NonNullable<OutgoingRecord['headers']>;

const NAME = 'emitted-headers';
type Kept = readonly (readonly [name: string, value: string | null | { readonly base64: string }])[];

export function keptHeaders(headers: EmittedHeaders): Readonly<Record<string, string>> {
  const kept: Kept = headers.map(([name, value]) => [name, value instanceof Uint8Array ? keptBytes(value) : value]);
  return { [NAME]: JSON.stringify(kept) };
}

/** @param headers of a record; undefined: no function gave it any */
export function emittedHeaders(headers: Readonly<Record<string, string>> | undefined): EmittedHeaders | undefined {
  const kept = headers?.[NAME];
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
