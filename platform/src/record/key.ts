/**
 * Keys: their canonical form, bytes and key group.
 *
 * Canonical bytes are a type tag and the value: an integral double equals an int, -0 equals 0, strings are UTF-8, lists
 * hold their elements in order, each with its length. Changing any of this is a new savepoint format.
 */
import { murmur3 } from '../common/murmur3.js';
import { CorruptBytesError } from './codec/byte-reader.js';
import type { ByteWriter } from './codec/byte-writer.js';

/**
 * A key as a Map takes it: equal keys are equal by SameValueZero. A list is a text: LIST_MARK and its canonical bytes;
 * a text that itself begins with a mark is written behind TEXT_MARK.
 */
export type Key = string | number | bigint | boolean;

const TAG = { bool: 1, int: 2, double: 3, string: 4, list: 5 } as const;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const TEXT_MARK = '\u0004';
const LIST_MARK = '\u0005';
const LAST_MARK = 5;
const encoder = new TextEncoder();
const SHORT_TEXT = 64;
/** For bytes that are looked at once. */
const scratch = new Uint8Array(1 + SHORT_TEXT);

/**
 * The key that a value stands for; undefined for what cannot be a key (null, absent, NaN, maps, bytes, errors), which
 * belongs into the dead letter.
 */
export function toKey(value: unknown): Key | undefined {
  switch (typeof value) {
    case 'string': {
      const first = value.charCodeAt(0);
      return first === 4 || first === 5 ? TEXT_MARK + value : value;
    }
    case 'boolean':
      return value;
    case 'bigint':
      return value >= INT64_MIN && value <= INT64_MAX ? canonicalNumber(value) : undefined;
    case 'number':
      return Number.isNaN(value) ? undefined : canonicalNumber(value);
    case 'object':
      if (!Array.isArray(value)) return undefined;
      return listKey(value);
    default:
      return undefined;
  }
}

/** One form for a number, whether it was written as an integer or a double: a bigint only beyond ±(2^53 - 1). */
function canonicalNumber(value: number | bigint): number | bigint {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  if (!Number.isInteger(value) || value < -(2 ** 63) || value >= 2 ** 63) return value;
  return BigInt(value);
}

function listKey(values: readonly unknown[]): Key | undefined {
  const bytes: number[] = [];
  if (!writeList(values, bytes)) return undefined;
  return LIST_MARK + Buffer.from(bytes).toString('latin1');
}

/** The value that a key stands for, as `key()` gives it. */
export function fromKey(key: Key): unknown {
  if (typeof key !== 'string') return key;
  if (key.startsWith(TEXT_MARK)) return key.slice(1);
  return key.startsWith(LIST_MARK) ? readList(Buffer.from(key.slice(1), 'latin1')) : key;
}

function readList(bytes: Buffer): unknown[] {
  const values: unknown[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    values.push(readValue(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return values;
}

function readValue(bytes: Buffer): unknown {
  switch (bytes[0]) {
    case TAG.bool:
      return bytes[1] === 1;
    case TAG.int: {
      const integer = bytes.readBigInt64BE(1);
      const number = Number(integer);
      return Number.isSafeInteger(number) ? number : integer;
    }
    case TAG.double:
      return bytes.readDoubleBE(1);
    case TAG.list:
      return readList(bytes.subarray(1));
    default:
      return bytes.subarray(1).toString('utf8');
  }
}

function writeList(values: readonly unknown[], out: number[]): boolean {
  for (const value of values) {
    const part: number[] = [];
    if (!writeValue(value, part)) return false;
    writeUint32(part.length, out);
    for (const byte of part) out.push(byte);
  }
  return true;
}

function writeValue(value: unknown, out: number[]): boolean {
  if (Array.isArray(value)) {
    out.push(TAG.list);
    return writeList(value, out);
  }
  const key = toKey(value);
  if (key === undefined) return false;
  for (const byte of keyBytes(key)) out.push(byte);
  return true;
}

function writeUint32(value: number, out: number[]): void {
  out.push(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

/** Canonical bytes of a key that `toKey` gave. */
export function keyBytes(key: Key): Uint8Array {
  switch (typeof key) {
    case 'boolean':
      return Uint8Array.of(TAG.bool, key ? 1 : 0);
    case 'string': {
      if (key.startsWith(LIST_MARK)) return Uint8Array.of(TAG.list, ...Buffer.from(key.slice(1), 'latin1'));
      return textBytes(key.startsWith(TEXT_MARK) ? key.slice(1) : key);
    }
    default:
      return numberBytes(key);
  }
}

/** Most keys are short and ASCII, where a loop is several times faster than the encoder. */
function textBytes(text: string): Uint8Array {
  if (text.length <= SHORT_TEXT) {
    const bytes = new Uint8Array(text.length + 1);
    bytes[0] = TAG.string;
    let at = 0;
    for (let code = 0; at < text.length && (code = text.charCodeAt(at)) < 128; at++) bytes[at + 1] = code;
    if (at === text.length) return bytes;
  }
  const utf8 = encoder.encode(text);
  const bytes = new Uint8Array(utf8.length + 1);
  bytes[0] = TAG.string;
  bytes.set(utf8, 1);
  return bytes;
}

/**
 * Puts the bytes of a short ASCII text or an integer, which most keys are, where there is room for a tag and SHORT_TEXT.
 * @returns how many; 0 for any other key
 */
function putShort(key: Key, target: Uint8Array, start: number): number {
  if (typeof key === 'number') return putInteger(key, target, start);
  if (typeof key !== 'string' || key.length > SHORT_TEXT || key.charCodeAt(0) <= LAST_MARK) return 0;
  target[start] = TAG.string;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (code > 127) return 0;
    target[start + 1 + i] = code;
  }
  return 1 + key.length;
}

/** Two's complement, as a 64-bit integer has it, without making a bigint of it. */
function putInteger(key: number, target: Uint8Array, start: number): number {
  if (!Number.isSafeInteger(key)) return 0;
  const low = key >>> 0;
  const high = (key - low) / 2 ** 32;
  target[start] = TAG.int;
  for (let i = 0; i < 4; i++) {
    target[start + 1 + i] = high >> (24 - 8 * i);
    target[start + 5 + i] = low >>> (24 - 8 * i);
  }
  return 9;
}

/** Writes what `keyBytes` gives. */
export function writeKey(key: Key, out: ByteWriter): void {
  const start = out.open(1 + SHORT_TEXT);
  const length = putShort(key, out.target, start);
  if (length > 0) out.close(start + length);
  else out.raw(keyBytes(key));
}

function numberBytes(key: number | bigint): Uint8Array {
  const bytes = new Uint8Array(9);
  if (typeof key === 'number' && putInteger(key, bytes, 0) > 0) return bytes;
  const view = new DataView(bytes.buffer);
  if (typeof key === 'bigint' && key >= INT64_MIN && key <= INT64_MAX) {
    bytes[0] = TAG.int;
    view.setBigInt64(1, key);
  } else {
    bytes[0] = TAG.double;
    view.setFloat64(1, Number(key));
  }
  return bytes;
}

/** The key that `keyBytes` wrote. */
export function keyFromBytes(bytes: Uint8Array): Key {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (source[0] === TAG.list) return LIST_MARK + source.toString('latin1', 1);
  const key = toKey(readValue(source));
  if (key === undefined) throw new CorruptBytesError('bytes that no key was written as');
  return key;
}

/** @returns 0 to maxParallelism - 1 */
export function keyGroupOf(key: Key, maxParallelism: number): number {
  const length = putShort(key, scratch, 0);
  const hash = length > 0 ? murmur3(scratch, 0, length) : murmur3(keyBytes(key));
  // Mostly a power of two: a division takes a third as long as the hash.
  return (maxParallelism & (maxParallelism - 1)) === 0 ? hash & (maxParallelism - 1) : hash % maxParallelism;
}

/** The subtask that owns a key group: ranges of equal size, as in Apache Flink. */
export function subtaskOf(keyGroup: number, maxParallelism: number, parallelism: number): number {
  return Math.floor((keyGroup * parallelism) / maxParallelism);
}
