/**
 * Plain data with byte arrays in it, as bytes: JSON in which each byte array is its number, and the arrays behind it.
 *
 * Invariants
 * - Reading gives what was written, as far as it is JSON: properties that are undefined are left out.
 */
import { ByteReader } from '../record/codec/byte-reader.js';
import { ByteWriter } from '../record/codec/byte-writer.js';

/** A property that no data of ours has. */
const BYTES = '$bytes';

export function encodeJsonWithBytes(value: unknown): Uint8Array {
  const blobs: Uint8Array[] = [];
  const text = JSON.stringify(value, function (this: unknown, key, member: unknown) {
    // A Buffer has turned itself into JSON by now; its holder still has it.
    const held = (this as Record<string, unknown>)[key];
    return held instanceof Uint8Array ? { [BYTES]: blobs.push(held) - 1 } : member;
  });
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
  return JSON.parse(text, (_, member: unknown) => {
    const isReference = typeof member === 'object' && member !== null && BYTES in member;
    return isReference ? blobs[Number(member[BYTES])] : member;
  });
}
