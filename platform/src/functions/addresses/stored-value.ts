/**
 * State of a function as an operator reads and writes it: JSON where that is what it is, base64 otherwise. Of StateFun's simple
 * types the value itself; a `long` beyond ±(2^53-1) is a text of its digits, as no JSON number can be trusted with it.
 */
import { SIMPLE_TYPES, ValueError, type TypedValue } from '@tidegate/functions-sdk/protocol';
import { messageOf } from '../../common/errors.js';
import { VALUE_BYTES_MAX, type StoredValue, type WrittenValue } from '../../job/address-question.js';

/** What cannot be written, for whoever wanted to. */
export class UnfitValue extends Error {}

type SimpleType = (typeof SIMPLE_TYPES)[number];

const LONG = 'io.statefun.types/long';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function storedValue(value: TypedValue): StoredValue {
  const { length } = value.bytes;
  if (length > VALUE_BYTES_MAX) return { bytes: length };
  const json = jsonOf(value);
  return { bytes: length, ...(json === undefined ? { base64: base64Of(value.bytes) } : { json }) };
}

/**
 * @param typename of the state
 * @param former what the state has: a type of one's own says nothing of its form, and what is there does
 * @throws UnfitValue
 */
export function writtenBytes(written: WrittenValue, typename: string, former: TypedValue | undefined): Uint8Array {
  const bytes = 'base64' in written ? decoded(written.base64) : encoded(written.json, typename, former);
  if (bytes.length > VALUE_BYTES_MAX)
    throw new UnfitValue(`a value that is written has at most ${VALUE_BYTES_MAX} bytes`);
  if ('base64' in written) refuseForeign(bytes, typename);
  return bytes;
}

/** Undefined: it is none, or one that JSON has no number for. */
function jsonOf({ typename, bytes }: TypedValue): string | undefined {
  const simple = simpleType(typename);
  if (simple !== undefined) return simpleJson(simple, bytes);
  try {
    const text = utf8.decode(bytes);
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}

/** Undefined where JSON has no number for it, or the bytes are not of the type. */
function simpleJson(type: SimpleType, bytes: Uint8Array): string | undefined {
  try {
    const value = type.decode(bytes);
    if (typeof value === 'bigint') return isSafe(value) ? String(value) : JSON.stringify(String(value));
    if (typeof value === 'number' && !Number.isFinite(value)) return undefined;
    return Object.is(value, -0) ? '-0' : JSON.stringify(value);
  } catch (error) {
    if (error instanceof ValueError) return undefined;
    throw error;
  }
}

function isSafe(value: bigint): boolean {
  return Number.isSafeInteger(Number(value));
}

function encoded(json: string, typename: string, former: TypedValue | undefined): Uint8Array {
  const value = parsed(json);
  const simple = simpleType(typename);
  if (simple === undefined) {
    if (former !== undefined && jsonOf(former) === undefined)
      throw new UnfitValue(`what the state has, a ${typename}, is no JSON: write its bytes, in base64`);
    return Buffer.from(json);
  }
  try {
    return simple.encode(typename === LONG ? longOf(value) : value);
  } catch (error) {
    if (error instanceof ValueError) throw new UnfitValue(error.message);
    throw error;
  }
}

function longOf(value: unknown): unknown {
  const isExact = Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d+$/.test(value));
  return isExact ? BigInt(value as number | string) : value;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    throw new UnfitValue(`the value is no JSON: ${messageOf(error)}`);
  }
}

function decoded(base64: string): Uint8Array {
  if (!BASE64.test(base64)) throw new UnfitValue('the value is not in base64');
  return Buffer.from(base64, 'base64');
}

/** @throws UnfitValue for bytes that are not of a simple type that says its form */
function refuseForeign(bytes: Uint8Array, typename: string): void {
  try {
    simpleType(typename)?.decode(bytes);
  } catch (error) {
    if (error instanceof ValueError) throw new UnfitValue(error.message);
    throw error;
  }
}

function simpleType(typename: string): SimpleType | undefined {
  return SIMPLE_TYPES.find((type) => type.typename === typename);
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
