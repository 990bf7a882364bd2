/**
 * Chance by position: the throw of a field for the record at an index depends on the seed, the field and the index alone.
 * So a record is the same whatever was read before it, and reading can go on anywhere.
 */

/** A number in [0, 1) with 32 random bits. `draw` tells several throws for one field and record apart. */
export function uniform(seed: number, field: number, index: number, draw = 0): number {
  const low = index >>> 0;
  const high = Math.floor(index / 2 ** 32);
  let hash = mix(seed ^ Math.imul(field + 1, 0x9e3779b1));
  hash = mix(hash ^ high ^ Math.imul(draw, 0x85ebca6b));
  return mix(hash ^ low) / 2 ** 32;
}

/** A standard normal number, after Box and Muller. */
export function normal(seed: number, field: number, index: number): number {
  // 1 - u lies in (0, 1], where the logarithm is finite.
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(seed, field, index, 0)));
  return radius * Math.cos(2 * Math.PI * uniform(seed, field, index, 1));
}

/** The finalizer of MurmurHash3: every bit of the input changes about half of the output's. Unsigned 32 bits. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
