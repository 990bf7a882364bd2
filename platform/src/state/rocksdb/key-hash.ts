/**
 * Hashes of keys for tables in memory, which may differ from run to run: unlike key groups, nothing that is kept depends on
 * them. They begin with a seed, so that nobody who only knows the code can send keys that all fall together.
 */
import type { Key } from '../../record/key.js';

const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);

/** @returns a signed 32-bit integer, all bits of which are good */
export function hashOfKey(key: Key, seed: number): number {
  switch (typeof key) {
    case 'string':
      return hashOfText(key, seed);
    case 'number':
      number[0] = key;
      return mixed(halves[0]! ^ mixed(halves[1]! ^ seed));
    case 'bigint':
      return mixed(Number(BigInt.asIntN(32, key)) ^ mixed(Number(BigInt.asIntN(32, key >> 32n)) ^ seed));
    default:
      return mixed(seed + Number(key));
  }
}

/** FNV-1a (Fowler, Noll, Vo) over UTF-16 units, and a finish: alone it leaves the upper bits poor. */
function hashOfText(text: string, seed: number): number {
  let hash = seed ^ 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mixed(hash);
}

/** The finish of MurmurHash3 (Appleby): each bit of the input changes half of the output's. */
function mixed(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
