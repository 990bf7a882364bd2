/**
 * The bytes of one log entry: length (4 bytes, big endian) | CRC-32 of the body (4 bytes) | body. A body is a kind and the
 * payload: text and bytes as they are, any other value as JSON.
 *
 * Invariant: an entry that was written in part, or whose bytes changed, is never read as an entry.
 */
import { crc32 } from 'node:zlib';
import { encodeJson } from '../formats/json-encoding.js';
import { parseJson } from '../formats/json-text.js';

const HEADER_BYTES = 8;
const TEXT = 0;
const VALUE = 1;
const BYTES = 2;

export function encodeEntry(payload: unknown): Buffer {
  if (payload instanceof Uint8Array) return framed(BYTES, payload.length, (entry, at) => entry.set(payload, at));
  const text = typeof payload === 'string' ? payload : encodeJson(payload);
  const kind = typeof payload === 'string' ? TEXT : VALUE;
  return framed(kind, Buffer.byteLength(text), (entry, at) => entry.write(text, at));
}

function framed(kind: number, bytes: number, write: (entry: Buffer, at: number) => void): Buffer {
  const bodyBytes = 1 + bytes;
  const entry = Buffer.allocUnsafe(HEADER_BYTES + bodyBytes);
  entry.writeUInt8(kind, HEADER_BYTES);
  write(entry, HEADER_BYTES + 1);
  entry.writeUInt32BE(bodyBytes, 0);
  entry.writeUInt32BE(crc32(entry.subarray(HEADER_BYTES)), 4);
  return entry;
}

export type ReadEntry =
  /** The next entry begins at `end`. */
  | { readonly kind: 'entry'; readonly body: Buffer; readonly end: number }
  /** The bytes end before the entry does, which takes `needed` bytes if its length is right. */
  | { readonly kind: 'partial'; readonly needed: number }
  | { readonly kind: 'damaged' };

/** The entry that begins at `at`. */
export function readEntry(bytes: Buffer, at: number): ReadEntry {
  if (bytes.length - at < HEADER_BYTES) return { kind: 'partial', needed: HEADER_BYTES };
  const bodyBytes = bytes.readUInt32BE(at);
  // Zeros are what a file system leaves where it grew a file without writing it.
  if (bodyBytes === 0) return { kind: 'damaged' };
  const end = at + HEADER_BYTES + bodyBytes;
  if (end > bytes.length) return { kind: 'partial', needed: HEADER_BYTES + bodyBytes };
  const body = bytes.subarray(at + HEADER_BYTES, end);
  return crc32(body) === bytes.readUInt32BE(at + 4) ? { kind: 'entry', body, end } : { kind: 'damaged' };
}

/** Bytes are a part of the body. */
export function decodeBody(body: Buffer): unknown {
  if (body[0] === BYTES) return body.subarray(1);
  const text = body.toString('utf8', 1);
  return body[0] === TEXT ? text : parseJson(text);
}
