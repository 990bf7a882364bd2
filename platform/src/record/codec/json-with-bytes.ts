/**
 * Plain data with byte arrays in it, as bytes: JSON in which each byte array is its number, and the arrays behind it.
 *
 * Invariants
 * - Reading gives what was written, as far as it is JSON: properties that are undefined are left out.
 */
import { setOwn } from '../../common/own-property.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

/** A property that no data of ours has. */
const BYTES = '$bytes';

export function encodeJsonWithBytes(value: unknown): Uint8Array {
  const blobs: Uint8Array[] = [];
  const text = JSON.stringify(withReferences(value, blobs));
  const out = new ByteWriter();
  out.bytes(Buffer.from(text));
  out.varint(blobs.length);
  for (const blob of blobs) out.bytes(blob);
  return out.finish();
}

/** The arrays share the memory of `bytes`. @throws CorruptBytesError, SyntaxError */
export function decodeJsonWithBytes(bytes: Uint8Array): unknown {
  const reader = new ByteReader(bytes);
  const text = Buffer.from(reader.bytes()).toString();
  const blobs = Array.from({ length: reader.varint() }, () => reader.bytes());
  return withBlobs(JSON.parse(text), blobs);
}

// Both go through the value by hand: what `JSON` does with a function of ours for each property takes several times as long.

/** The value, where there are byte arrays in it a copy in which each is its number in `blobs`. */
function withReferences(value: unknown, blobs: Uint8Array[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { [BYTES]: blobs.push(value) - 1 };
  if (Array.isArray(value)) return listWithReferences(value, blobs);
  const members = value as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(value)) {
    const member = withReferences(members[name], blobs);
    if (member !== members[name]) setOwn((copy ??= { ...members }), name, member);
  }
  return copy ?? value;
}

function listWithReferences(list: readonly unknown[], blobs: Uint8Array[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const member = withReferences(list[i], blobs);
    if (member !== list[i]) (copy ??= [...list])[i] = member;
  }
  return copy ?? list;
}

/** The value itself, with the byte arrays in their places. */
function withBlobs(value: unknown, blobs: readonly Uint8Array[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (BYTES in value) return blobs[Number(value[BYTES])];
  const members = value as Record<string, unknown>;
  for (const name of Object.keys(value)) {
    const member = members[name];
    if (typeof member === 'object' && member !== null) setOwn(members, name, withBlobs(member, blobs));
  }
  return value;
}
