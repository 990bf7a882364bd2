/** StateFun's numbers. What does not fit into a type is refused: it is never rounded or cut. */
import { WireType } from '../wire/protobuf-reader.js';
import { notOfType, type ValueType } from './value-type.js';
import { EMPTY, readWrapped } from './wrapper.js';

const FIXED32 = (1 << 3) | WireType.Fixed32;
const FIXED64 = (1 << 3) | WireType.Fixed64;
const INT_MAX = 2 ** 31 - 1;
const INT_MIN = -(2 ** 31);
const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);

/** A whole number of 32 bits. */
export const int: ValueType<number, 'io.statefun.types/int'> = {
  typename: 'io.statefun.types/int',
  mutable: false,
  encode(value) {
    if (!Number.isInteger(value) || value > INT_MAX || value < INT_MIN)
      throw notOfType(this.typename, `a whole number from ${INT_MIN} to ${INT_MAX} (long and double take more)`, value);
    if (value === 0) return EMPTY;
    const bytes = Buffer.allocUnsafe(5);
    bytes[0] = FIXED32;
    bytes.writeInt32LE(value, 1);
    return bytes;
  },
  decode(bytes) {
    return readWrapped(this.typename, bytes, WireType.Fixed32, 0, (reader) => reader.fixed32());
  },
};

/** A whole number of 64 bits. */
export const long: ValueType<bigint, 'io.statefun.types/long'> = {
  typename: 'io.statefun.types/long',
  mutable: false,
  encode(value) {
    if (typeof value !== 'bigint' || value > LONG_MAX || value < LONG_MIN)
      throw notOfType(this.typename, 'a bigint of 64 bits, such as 7n', value);
    if (value === 0n) return EMPTY;
    const bytes = Buffer.allocUnsafe(9);
    bytes[0] = FIXED64;
    bytes.writeBigInt64LE(value, 1);
    return bytes;
  },
  decode(bytes) {
    return readWrapped(this.typename, bytes, WireType.Fixed64, 0n, (reader) => reader.fixed64());
  },
};

/** A floating-point number of 32 bits: what it cannot hold exactly is refused, as state must come back as it was. */
export const float: ValueType<number, 'io.statefun.types/float'> = {
  typename: 'io.statefun.types/float',
  mutable: false,
  encode(value) {
    if (typeof value !== 'number' || !Object.is(Math.fround(value), value))
      throw notOfType(
        this.typename,
        'a number that 32 bits hold exactly (double takes any; Math.fround rounds)',
        value,
      );
    if (Object.is(value, 0)) return EMPTY;
    const bytes = Buffer.allocUnsafe(5);
    bytes[0] = FIXED32;
    bytes.writeFloatLE(value, 1);
    return bytes;
  },
  decode(bytes) {
    return readWrapped(this.typename, bytes, WireType.Fixed32, 0, (reader) => reader.float());
  },
};

/** A number as this language has them. */
export const double: ValueType<number, 'io.statefun.types/double'> = {
  typename: 'io.statefun.types/double',
  mutable: false,
  encode(value) {
    if (typeof value !== 'number') throw notOfType(this.typename, 'a number', value);
    if (Object.is(value, 0)) return EMPTY;
    const bytes = Buffer.allocUnsafe(9);
    bytes[0] = FIXED64;
    bytes.writeDoubleLE(value, 1);
    return bytes;
  },
  decode(bytes) {
    return readWrapped(this.typename, bytes, WireType.Fixed64, 0, (reader) => reader.double());
  },
};
