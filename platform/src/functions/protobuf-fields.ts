/** Fields of a Protobuf message, as far as they are asked for: a reader of records that are passed on and not understood. */
import { EmittedValueError } from './emitted-value-error.js';

const WIDTHS: ReadonlyMap<number, number> = new Map([
  [1, 8],
  [5, 4],
]);
const LENGTH_DELIMITED = 2;

/**
 * The fields with this tag, in their order: views of the bytes.
 * @param wanted a tag of bytes
 * @throws EmittedValueError
 */
export function fieldsOf(bytes: Uint8Array, wanted: number): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const [tag, afterTag] = readVarint(bytes, at);
    const [length, start] = extent(bytes, tag & 7, afterTag);
    at = start + length;
    if (at > bytes.length) throw new EmittedValueError('a record is not of the form that its type says');
    if (tag === wanted) found.push(bytes.subarray(start, at));
  }
  return found;
}

function extent(bytes: Uint8Array, wireType: number, at: number): readonly [length: number, start: number] {
  if (wireType === LENGTH_DELIMITED) return readVarint(bytes, at);
  if (wireType === 0) return [0, readVarint(bytes, at)[1]];
  const width = WIDTHS.get(wireType);
  if (width === undefined) throw new EmittedValueError('a record is not of the form that its type says');
  return [width, at];
}

function readVarint(bytes: Uint8Array, from: number): readonly [value: number, end: number] {
  let value = 0;
  for (let at = from, scale = 1; at < bytes.length; at++, scale *= 128) {
    value += (bytes[at]! & 127) * scale;
    if (bytes[at]! < 128) return [value, at + 1];
  }
  throw new EmittedValueError('a length has no end');
}
