/**
 * What a plain value takes in memory, bytes: an estimate by V8's layout (pointers of 8 bytes on a 64-bit Node, texts of
 * one byte a character), for budgets.
 */
const POINTER_BYTES = 8;
const HEADER_BYTES = 24;
const DOUBLE_BYTES = 16;
const BYTES_OBJECT = 120;

export function plainValueBytes(value: unknown): number {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < 2 ** 30 ? 0 : DOUBLE_BYTES;
    case 'string':
      return HEADER_BYTES + value.length;
    case 'bigint':
      return HEADER_BYTES;
    case 'object':
      return value === null ? 0 : objectBytes(value);
    default:
      return 0;
  }
}

function objectBytes(value: object): number {
  if (value instanceof Uint8Array) return BYTES_OBJECT + value.byteLength;
  let bytes = HEADER_BYTES;
  for (const member of Array.isArray(value) ? (value as unknown[]) : Object.values(value))
    bytes += POINTER_BYTES + plainValueBytes(member);
  return bytes;
}
