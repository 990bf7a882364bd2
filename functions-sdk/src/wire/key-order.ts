/** Keys in the order in which they are kept: of their bytes in UTF-8. */

/** As `Buffer.compare` of both in UTF-8, of texts that are well-formed, without making those bytes. */
export function compareKeys(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    const a = one.charCodeAt(i);
    const b = other.charCodeAt(i);
    if (a !== b) return rank(a) - rank(b);
  }
  return one.length - other.length;
}

/** Units of surrogate pairs stand for characters that come behind all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
