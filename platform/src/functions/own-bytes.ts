/** A copy of a part of an answer, or of state, that does not keep the whole: what Buffer calls a slice is a view. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes);
}
