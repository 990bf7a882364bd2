/**
 * Puts payloads on a stream of bytes, so that FrameReader finds them again.
 *
 * A frame is its header and the payload. The header: the payload's length, the frame's number on this connection (from 0,
 * modulo 2^32), the channel that it belongs to, and the CRC-32 of the payload, begun with number and channel; each 4 bytes,
 * big-endian.
 */
import { crc32 } from 'node:zlib';

export const HEADER_BYTES = 16;

/** Offsets in the header. */
export const HEADER = { length: 0, sequence: 4, channel: 8, checksum: 12 } as const;

/** Odd: no two channels look like each other. */
const CHANNEL_FACTOR = 0x9e3779b1;

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
    header.writeUInt32BE(checksumOf(this.#sequence, channel, payload), HEADER.checksum);
    this.#sequence = (this.#sequence + 1) >>> 0;
    return header;
  }
}

/** Begins with number and channel: the payload of another place in the stream does not fit. That of nothing is not 0. */
export function checksumOf(sequence: number, channel: number, payload: Uint8Array): number {
  return crc32(payload, ~(sequence ^ Math.imul(channel, CHANNEL_FACTOR)) >>> 0);
}
