/** Reads what `writePlainValue` wrote. Damaged bytes are a `CorruptBytesError` or another value, never a crash. */
import { setOwn } from '../../common/own-property.js';
import { CorruptBytesError, type ByteReader } from './byte-reader.js';
import { PLAIN_DEPTH_MAX, PLAIN_TAG } from './plain-value-tags.js';

export function readPlainValue(bytes: ByteReader): unknown {
  const tag = bytes.uint8();
  return tag < PLAIN_TAG.array ? readScalar(tag, bytes) : new ObjectReader(bytes).read(tag, 0);
}

function readScalar(tag: number, bytes: ByteReader): unknown {
  switch (tag) {
    case PLAIN_TAG.undefined:
      return undefined;
    case PLAIN_TAG.null:
      return null;
    case PLAIN_TAG.false:
      return false;
    case PLAIN_TAG.true:
      return true;
    case PLAIN_TAG.integer:
      return bytes.signed();
    case PLAIN_TAG.double:
      return bytes.double();
    case PLAIN_TAG.int64:
      return bytes.int64();
    case PLAIN_TAG.bigint:
      return bigintOf(bytes.string());
    case PLAIN_TAG.string:
      return bytes.string();
    case PLAIN_TAG.bytes:
      return new Uint8Array(bytes.bytes());
    default:
      throw new CorruptBytesError(`no plain value begins with ${tag}`);
  }
}

function bigintOf(text: string): bigint {
  const digits = text.startsWith('-') ? text.slice(1) : text;
  if (!/^[0-9a-f]+$/.test(digits)) throw new CorruptBytesError('an integer is not written in digits');
  const value = BigInt(`0x${digits}`);
  return digits === text ? value : -value;
}

class ObjectReader {
  readonly #shapes: (readonly string[])[] = [];
  readonly #ids = new Set<string>();

  constructor(private readonly bytes: ByteReader) {}

  read(tag: number, depth: number): unknown {
    if (depth > PLAIN_DEPTH_MAX) throw new CorruptBytesError('a value is nested too deeply');
    switch (tag) {
      case PLAIN_TAG.array:
        return this.#array(depth);
      case PLAIN_TAG.object:
      case PLAIN_TAG.bareObject:
        return this.#members(this.#names(), tag === PLAIN_TAG.bareObject, depth);
      case PLAIN_TAG.objectAgain:
      case PLAIN_TAG.bareObjectAgain:
        return this.#members(this.#shape(this.bytes.varint()), tag === PLAIN_TAG.bareObjectAgain, depth);
      default:
        return readScalar(tag, this.bytes);
    }
  }

  #part(depth: number): unknown {
    const tag = this.bytes.uint8();
    return tag < PLAIN_TAG.array ? readScalar(tag, this.bytes) : this.read(tag, depth + 1);
  }

  #array(depth: number): unknown[] {
    const values: unknown[] = [];
    for (let left = this.bytes.count(); left > 0; left--) values.push(this.#part(depth));
    return values;
  }

  #names(): readonly string[] {
    const names: string[] = [];
    for (let left = this.bytes.count(); left > 0; left--) names.push(this.bytes.string());
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
    for (const name of names) setOwn(value, name, this.#part(depth));
    return value;
  }
}
