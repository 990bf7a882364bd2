/** Truth, text and bytes. */
import { WireType } from '../wire/protobuf-reader.js';
import { requireWellFormed } from '../wire/well-formed-text.js';
import { requireTypename } from './typename.js';
import { notOfType, ValueError, type ValueType } from './value-type.js';
import { EMPTY, readWrapped } from './wrapper.js';

const VARINT = (1 << 3) | WireType.Varint;
const BYTES = (1 << 3) | WireType.Bytes;
const TRUE = Uint8Array.of(VARINT, 1);

export const bool: ValueType<boolean, 'io.statefun.types/bool'> = {
  typename: 'io.statefun.types/bool',
  mutable: false,
  encode(value) {
    if (typeof value !== 'boolean') throw notOfType(this.typename, 'true or false', value);
    return value ? TRUE : EMPTY;
  },
  decode(bytes) {
    return readWrapped(this.typename, bytes, WireType.Varint, false, (reader) => reader.bool());
  },
};

export const string: ValueType<string, 'io.statefun.types/string'> = {
  typename: 'io.statefun.types/string',
  mutable: false,
  encode(value) {
    if (typeof value !== 'string') throw notOfType(this.typename, 'text', value);
    if (value === '') return EMPTY;
    const size = Buffer.byteLength(value);
    const header = size < 0x80 ? 2 : headerLength(size);
    const bytes = Buffer.allocUnsafe(header + size);
    bytes[0] = BYTES;
    let rest = size;
    for (let at = 1; at < header; at++, rest = Math.floor(rest / 128))
      bytes[at] = (rest % 128) | (at < header - 1 ? 0x80 : 0);
    bytes.write(value, header, size, 'utf8');
    if (size !== value.length) refuseHalfPairs(value);
    return bytes;
  },
  decode(bytes) {
    return readWrapped(this.typename, bytes, WireType.Bytes, '', (reader) => reader.text());
  },
};

/** Bytes as they are. StateFun has no type of its own for them: other languages know this one by its name. */
export const bytes: ValueType<Uint8Array, 'tidegate.types/bytes'> = raw('tidegate.types/bytes');

/** Bytes as they are, under a name of one's own: for what another side encodes. */
export function raw<const Name extends string>(typename: Name): ValueType<Uint8Array, Name> {
  requireTypename("a type's name", typename);
  return {
    typename,
    mutable: true,
    form: 'bytes',
    encode(value) {
      if (!(value instanceof Uint8Array)) throw notOfType(typename, 'a Uint8Array', value);
      // A copy: what was sent, or is compared later, is what stood there now.
      return Buffer.from(value);
    },
    decode: (value) => Buffer.from(value),
  };
}

function headerLength(size: number): number {
  let length = 2;
  for (let rest = size; rest >= 0x80; rest = Math.floor(rest / 128)) length++;
  return length;
}

function refuseHalfPairs(value: string): void {
  try {
    requireWellFormed(value);
  } catch (error) {
    throw new ValueError((error as Error).message, { cause: error });
  }
}
