/**
 * Writes plain values: undefined, null, booleans, numbers, bigints, strings, Uint8Arrays, arrays and plain objects, each
 * exactly as it was (NaN, -0, undefined members, the order of members, objects without a prototype).
 *
 * Invariants
 * - A value is self-contained. The names of an object's members are written once in a value; further objects with the
 *   same names refer to them.
 * - What is no plain value is refused while it is written, never changed.
 */
import { CorruptBytesError, type ByteReader } from '../../record/codec/byte-reader.js';
import type { ByteWriter } from '../../record/codec/byte-writer.js';
import { IncompatibleState, type StateCodec } from '../state-codec.js';
import { plainValueBytes } from './plain-value-size.js';

const TAG = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  integer: 4,
  double: 5,
  int64: 6,
  bigint: 7,
  string: 8,
  bytes: 9,
  array: 10,
  /** Names, then values. */
  object: 11,
  /** The index of names that came before, then values. */
  objectAgain: 12,
  bareObject: 13,
  bareObjectAgain: 14,
} as const;

/** Deeper values are refused, so that neither side runs out of stack. */
const MAX_DEPTH = 1000;
/** `ByteWriter.signed` takes less than this. */
const SIGNED_END = 2 ** 52;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const ID = 'plain/1';

class PlainWriter {
  readonly #shapes = new Map<string, { readonly names: readonly string[]; readonly index: number }>();

  constructor(private readonly out: ByteWriter) {}

  write(value: unknown, depth: number): void {
    const { out } = this;
    switch (typeof value) {
      case 'undefined':
        return out.uint8(TAG.undefined);
      case 'boolean':
        return out.uint8(value ? TAG.true : TAG.false);
      case 'number':
        return this.#number(value);
      case 'string':
        out.uint8(TAG.string);
        return out.string(value);
      case 'bigint':
        return this.#bigint(value);
      case 'object':
        if (value === null) return out.uint8(TAG.null);
        if (depth > MAX_DEPTH) throw new TypeError(`a value nested deeper than ${MAX_DEPTH} levels cannot be state`);
        return this.#object(value, depth);
      default:
        throw new TypeError(`a ${typeof value} cannot be state`);
    }
  }

  #number(value: number): void {
    if (Number.isInteger(value) && Math.abs(value) < SIGNED_END && !Object.is(value, -0)) {
      this.out.uint8(TAG.integer);
      this.out.signed(value);
    } else {
      this.out.uint8(TAG.double);
      this.out.double(value);
    }
  }

  #bigint(value: bigint): void {
    if (value >= INT64_MIN && value <= INT64_MAX) {
      this.out.uint8(TAG.int64);
      this.out.int64(value);
    } else {
      this.out.uint8(TAG.bigint);
      this.out.string(value.toString(16));
    }
  }

  #object(value: object, depth: number): void {
    if (Array.isArray(value)) {
      this.out.uint8(TAG.array);
      this.out.varint(value.length);
      for (let i = 0; i < value.length; i++) this.write(value[i], depth + 1);
      return;
    }
    if (value instanceof Uint8Array) {
      this.out.uint8(TAG.bytes);
      return this.out.bytes(value);
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null)
      throw new TypeError(`an instance of ${String((value as object).constructor?.name)} is no plain value`);
    this.#members(value as Readonly<Record<string, unknown>>, prototype === null, depth);
  }

  #members(value: Readonly<Record<string, unknown>>, bare: boolean, depth: number): void {
    const names = Object.keys(value);
    const id = names.join('\u0000');
    const shape = this.#shapes.get(id);
    if (
      shape !== undefined &&
      shape.names.length === names.length &&
      names.every((name, i) => name === shape.names[i])
    ) {
      this.out.uint8(bare ? TAG.bareObjectAgain : TAG.objectAgain);
      this.out.varint(shape.index);
    } else {
      this.out.uint8(bare ? TAG.bareObject : TAG.object);
      this.out.varint(names.length);
      for (const name of names) this.out.string(name);
      if (shape === undefined) this.#shapes.set(id, { names, index: this.#shapes.size });
    }
    for (const name of names) this.write(value[name], depth + 1);
  }
}

class PlainReader {
  readonly #shapes: (readonly string[])[] = [];
  readonly #ids = new Set<string>();

  constructor(private readonly bytes: ByteReader) {}

  read(depth: number): unknown {
    if (depth > MAX_DEPTH + 1) throw new CorruptBytesError('a value is nested too deeply');
    const { bytes } = this;
    const tag = bytes.uint8();
    switch (tag) {
      case TAG.undefined:
        return undefined;
      case TAG.null:
        return null;
      case TAG.false:
        return false;
      case TAG.true:
        return true;
      case TAG.integer:
        return bytes.signed();
      case TAG.double:
        return bytes.double();
      case TAG.int64:
        return bytes.int64();
      case TAG.bigint:
        return bigintOf(bytes.string());
      case TAG.string:
        return bytes.string();
      case TAG.bytes:
        return new Uint8Array(bytes.bytes());
      case TAG.array:
        return this.#array(depth);
      case TAG.object:
      case TAG.bareObject:
        return this.#members(this.#names(), tag === TAG.bareObject, depth);
      case TAG.objectAgain:
      case TAG.bareObjectAgain:
        return this.#members(this.#shape(bytes.varint()), tag === TAG.bareObjectAgain, depth);
      default:
        throw new CorruptBytesError(`no plain value begins with ${tag}`);
    }
  }

  #array(depth: number): unknown[] {
    const values: unknown[] = [];
    for (let left = this.#count(); left > 0; left--) values.push(this.read(depth + 1));
    return values;
  }

  /** Each of what is counted takes at least a byte, so a damaged count is seen before anything is made for it. */
  #count(): number {
    const count = this.bytes.varint();
    if (count > this.bytes.remaining) throw new CorruptBytesError(`${count} values in ${this.bytes.remaining} bytes`);
    return count;
  }

  #names(): readonly string[] {
    const names: string[] = [];
    for (let left = this.#count(); left > 0; left--) names.push(this.bytes.string());
    const id = names.join('\u0000');
    if (!this.#ids.has(id)) {
      this.#ids.add(id);
      this.#shapes.push(names);
    }
    return names;
  }

  #shape(index: number): readonly string[] {
    const names = this.#shapes[index];
    if (names === undefined) throw new CorruptBytesError(`there are no names ${index}`);
    return names;
  }

  #members(names: readonly string[], bare: boolean, depth: number): object {
    const value: Record<string, unknown> = bare ? (Object.create(null) as Record<string, unknown>) : {};
    for (const name of names) {
      const member = this.read(depth + 1);
      // An own member of this name, and not the prototype.
      if (name === '__proto__')
        Object.defineProperty(value, name, { value: member, enumerable: true, configurable: true, writable: true });
      else value[name] = member;
    }
    return value;
  }
}

function bigintOf(text: string): bigint {
  const digits = text.startsWith('-') ? text.slice(1) : text;
  if (!/^[0-9a-f]+$/.test(digits)) throw new CorruptBytesError('an integer is not written in digits');
  const value = BigInt(`0x${digits}`);
  return digits === text ? value : -value;
}

/** Any plain value. The type is what the caller says that its values are: the codec writes none of it. */
export function plainValueCodec<T>(): StateCodec<T> {
  return {
    id: ID,
    schema: null,
    encode: (value, out) => new PlainWriter(out).write(value, 0),
    decode: (bytes) => new PlainReader(bytes).read(0) as T,
    migrate: (id) =>
      id === ID
        ? (bytes) => new PlainReader(bytes).read(0) as T
        : new IncompatibleState(`values were written as ${id} and are read as ${ID}`),
    sizeOf: plainValueBytes,
  };
}
