/**
 * Writes plain values: undefined, null, booleans, numbers, bigints, strings, Uint8Arrays, arrays and plain objects, each
 * exactly as it was (NaN, -0, undefined members, the order of members, objects without a prototype).
 *
 * Invariants
 * - A value is self-contained. The names of an object's members are written once in a value; further objects with the
 *   same names refer to them.
 * - What is no plain value is refused while it is written, never changed.
 */
import type { ByteWriter } from './byte-writer.js';
import { PLAIN_DEPTH_MAX, PLAIN_TAG } from './plain-value-tags.js';

/** `ByteWriter.signed` takes less than this. */
const SIGNED_END = 2 ** 52;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

export function writePlainValue(value: unknown, out: ByteWriter): void {
  switch (typeof value) {
    case 'undefined':
      return out.uint8(PLAIN_TAG.undefined);
    case 'boolean':
      return out.uint8(value ? PLAIN_TAG.true : PLAIN_TAG.false);
    case 'number':
      return writeNumber(value, out);
    case 'string':
      out.uint8(PLAIN_TAG.string);
      return out.string(value);
    case 'bigint':
      return writeBigint(value, out);
    case 'object':
      if (value === null) return out.uint8(PLAIN_TAG.null);
      return new ObjectWriter(out).write(value, 0);
    default:
      throw new TypeError(`a ${typeof value} cannot be state`);
  }
}

function writeNumber(value: number, out: ByteWriter): void {
  const isSigned = Number.isInteger(value) && value < SIGNED_END && value > -SIGNED_END;
  if (isSigned && (value !== 0 || 1 / value > 0)) {
    out.uint8(PLAIN_TAG.integer);
    out.signed(value);
  } else {
    out.uint8(PLAIN_TAG.double);
    out.double(value);
  }
}

function writeBigint(value: bigint, out: ByteWriter): void {
  if (value >= INT64_MIN && value <= INT64_MAX) {
    out.uint8(PLAIN_TAG.int64);
    out.int64(value);
  } else {
    out.uint8(PLAIN_TAG.bigint);
    out.string(value.toString(16));
  }
}

/** Writes one value's objects; it remembers the names that it has written. */
class ObjectWriter {
  #shapes: Map<string, { readonly names: readonly string[]; readonly index: number }> | undefined;

  constructor(private readonly out: ByteWriter) {}

  write(value: object, depth: number): void {
    if (depth > PLAIN_DEPTH_MAX)
      throw new TypeError(`a value nested deeper than ${PLAIN_DEPTH_MAX} levels cannot be state`);
    if (Array.isArray(value)) {
      this.out.uint8(PLAIN_TAG.array);
      this.out.varint(value.length);
      for (let i = 0; i < value.length; i++) this.#part(value[i], depth);
      return;
    }
    if (value instanceof Uint8Array) {
      this.out.uint8(PLAIN_TAG.bytes);
      return this.out.bytes(value);
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null)
      throw new TypeError(`an instance of ${String((value as object).constructor?.name)} is no plain value`);
    this.#members(value as Readonly<Record<string, unknown>>, prototype === null, depth);
  }

  #part(value: unknown, depth: number): void {
    if (typeof value === 'object' && value !== null) this.write(value, depth + 1);
    else writePlainValue(value, this.out);
  }

  #members(value: Readonly<Record<string, unknown>>, bare: boolean, depth: number): void {
    const names = Object.keys(value);
    const id = names.join('\u0000');
    const shapes = (this.#shapes ??= new Map());
    const shape = shapes.get(id);
    if (
      shape !== undefined &&
      shape.names.length === names.length &&
      names.every((name, i) => name === shape.names[i])
    ) {
      this.out.uint8(bare ? PLAIN_TAG.bareObjectAgain : PLAIN_TAG.objectAgain);
      this.out.varint(shape.index);
    } else {
      this.out.uint8(bare ? PLAIN_TAG.bareObject : PLAIN_TAG.object);
      this.out.varint(names.length);
      for (const name of names) this.out.string(name);
      if (shape === undefined) shapes.set(id, { names, index: shapes.size });
    }
    for (const name of names) this.#part(value[name], depth);
  }
}
