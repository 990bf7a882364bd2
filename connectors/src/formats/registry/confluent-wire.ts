/**
 * Confluent's wire format: what stands before a message's own bytes where its schema lies in a schema registry. A zero, and
 * the schema's id in four bytes, big-endian; with Protobuf then the message's place in its file: how many numbers, and the
 * numbers, as zigzag varints, of which a single zero stands for "the first".
 */
import { BadRecordError } from '../../api/index.js';

const MAGIC = 0;
const HEADER_BYTES = 5;
/** Nobody nests messages deeper. */
const PLACE_MAX = 64;

export interface FramedMessage {
  readonly schemaId: number;
  readonly body: Buffer;
}

/** @throws BadRecordError */
export function unframed(payload: Buffer): FramedMessage {
  if (payload.length < HEADER_BYTES || payload[0] !== MAGIC)
    throw new BadRecordError("the message does not begin as a schema registry's do");
  return { schemaId: payload.readUInt32BE(1), body: payload.subarray(HEADER_BYTES) };
}

export function framed(schemaId: number, body: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  bytes[0] = MAGIC;
  bytes.writeUInt32BE(schemaId, 1);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** Of a Protobuf message: `[0]` is the file's first, `[1, 0]` the first within the second. @throws BadRecordError */
export function placed(body: Buffer): { readonly place: readonly number[]; readonly message: Buffer } {
  const reader = new ZigzagReader(body);
  const count = reader.next();
  if (count === 0) return { place: [0], message: reader.rest() };
  if (count < 0 || count > PLACE_MAX) throw new BadRecordError("the message's place in its schema cannot be read");
  const place = Array.from({ length: count }, () => reader.next());
  return { place, message: reader.rest() };
}

/** What stands before a Protobuf message at this place. */
export function placeBytes(place: readonly number[]): Buffer {
  const isFirst = place.length === 1 && place[0] === 0;
  const numbers = isFirst ? [0] : [place.length, ...place];
  return Buffer.from(numbers.flatMap((number) => varint(2 * number)));
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];
}

class ZigzagReader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  next(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new BadRecordError("the message's place in its schema cannot be read");
  }

  rest(): Buffer {
    return this.bytes.subarray(this.#at);
  }
}
