/**
 * The outermost form of what the checkpoint log and savepoints hold:
 *
 *     magic "TIDEGATE" | format version uint16 | payload length uint32 | CRC-32 of version and payload uint32 | payload
 *
 * Invariants
 * - This header is the same in every version, so that every version can say what it cannot read.
 * - The payload ends where the file ends: no prefix of an envelope, and nothing longer, is an envelope.
 */
import { crc32 } from 'node:zlib';
import { TidegateError } from '../common/errors.js';
import { ByteReader, CorruptBytesError } from '../record/codec/byte-reader.js';
import { ByteWriter } from '../record/codec/byte-writer.js';

export const FORMAT_VERSION = 1;
const MAGIC = Buffer.from('TIDEGATE');

export function wrap(payload: Uint8Array, version = FORMAT_VERSION): Uint8Array {
  const out = new ByteWriter(payload.length + 32);
  out.raw(MAGIC);
  out.uint16(version);
  out.uint32(payload.length);
  out.uint32(checksum(version, payload));
  out.raw(payload);
  return out.finish();
}

/** @param name of the file, for messages. @throws TidegateError TG421 when it is damaged, TG422 when a newer version wrote it */
export function unwrap(bytes: Uint8Array, name: string): Uint8Array {
  const { version, payload } = open(bytes, name);
  if (version > FORMAT_VERSION) {
    const text = `${name} has format version ${version}; this version of Tidegate reads up to ${FORMAT_VERSION}. Run the version that wrote it, or a newer one.`;
    throw new TidegateError('TG422', text);
  }
  return payload;
}

function open(bytes: Uint8Array, name: string): { readonly version: number; readonly payload: Uint8Array } {
  try {
    const reader = new ByteReader(bytes);
    if (!MAGIC.equals(reader.raw(MAGIC.length))) throw new CorruptBytesError('it does not begin as one');
    const version = reader.uint16();
    const length = reader.uint32();
    const expected = reader.uint32();
    const payload = reader.raw(length);
    if (reader.remaining > 0) throw new CorruptBytesError(`${reader.remaining} bytes too many`);
    if (checksum(version, payload) !== expected) throw new CorruptBytesError('its checksum differs');
    return { version, payload };
  } catch (error) {
    if (!(error instanceof CorruptBytesError)) throw error;
    throw new TidegateError('TG421', `${name} is damaged: ${error.message}`, { cause: error });
  }
}

function checksum(version: number, payload: Uint8Array): number {
  return crc32(payload, version);
}
