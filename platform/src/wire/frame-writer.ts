/**
 * Puts payloads on a stream of bytes, so that FrameReader finds them again.
 *
 * A frame is its header and the payload. The header: the payload's length, the frame's number on this connection (from 0,
 * modulo 2^32), the channel that it belongs to, and the CRC-32 of these three and the payload; each 4 bytes, big-endian. The
 * length stands first: what speaks something else is known by its first byte.
 */
import { crc32 } from 'node:zlib';

export const HEADER_BYTES = 16;

/** Offsets in the header. */
export const HEADER = { length: 0, sequence: 4, channel: 8, checksum: 12 } as const;

export class FrameWriter {
  #sequence = 0;

  /**
   * @param payload a view is enough: it is neither copied nor kept
   * @returns the header that goes before it
   */
  header(payload: Uint8Array, channel: number): Buffer {
    const header = Buffer.allocUnsafe(HEADER_BYTES);
    header.writeUInt32BE(payload.length, HEADER.length);
    header.writeUInt32BE(this.#sequence, HEADER.sequence);
    header.writeUInt32BE(channel, HEADER.channel);
    header.writeUInt32BE(checksumOf(header, payload), HEADER.checksum);
    this.#sequence = (this.#sequence + 1) >>> 0;
    return header;
  }
}

export function checksumOf(header: Buffer, payload: Uint8Array): number {
  return crc32(payload, crc32(header.subarray(0, HEADER.checksum)));
}
