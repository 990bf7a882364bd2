/** Fields of a Protobuf message, as far as they are asked for: a reader of records that are passed on and not understood. */
import { EmittedValueError } from './emitted-value-error.js';

const LENGTH_DELIMITED = 2;
/** Of the field with the number 1. */
const FIRST_TAG = 8;

/** Goes from field to field. */
export class ProtobufFields {
  #at = 0;
  /** Of the field that `next` came to: the bytes from `start` to `end`, its length left out; of a number those that say it. */
  start = 0;
  end = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** @returns the tag of the next field; 0: there is none. @throws EmittedValueError */
  next(): number {
    if (this.#at === this.bytes.length) return 0;
    const tag = this.#varint();
    if (tag < FIRST_TAG) throw notOfItsForm();
    const length = this.#extent(tag & 7);
    this.end = this.#at = this.start + length;
    if (this.end > this.bytes.length) throw notOfItsForm();
    return tag;
  }

  #extent(wireType: number): number {
    const length = wireType === LENGTH_DELIMITED ? this.#varint() : undefined;
    this.start = this.#at;
    if (length !== undefined) return length;
    switch (wireType) {
      case 0:
        this.#varint();
        return this.#at - this.start;
      case 1:
        return 8;
      case 5:
        return 4;
      default:
        throw notOfItsForm();
    }
  }

  #varint(): number {
    const { bytes } = this;
    let value = 0;
    for (let scale = 1; this.#at < bytes.length; scale *= 128) {
      const byte = bytes[this.#at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new EmittedValueError('a length has no end');
  }
}

/**
 * The fields with this tag, in their order: views of the bytes.
 * @param wanted a tag of bytes
 * @throws EmittedValueError
 */
export function fieldsOf(bytes: Uint8Array, wanted: number): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  const fields = new ProtobufFields(bytes);
  for (let tag = fields.next(); tag !== 0; tag = fields.next())
    if (tag === wanted) found.push(bytes.subarray(fields.start, fields.end));
  return found;
}

/** The last of them, which is the one that counts where there should be one. */
export function lastField(bytes: Uint8Array, wanted: number): Uint8Array | undefined {
  return fieldsOf(bytes, wanted).at(-1);
}

function notOfItsForm(): EmittedValueError {
  return new EmittedValueError('a record is not of the form that its type says');
}
