/**
 * MurmurHash3, 32 bits, x86 variant (Austin Appleby's public-domain reference algorithm). Key groups are
 * `murmur3(bytes, 0) mod maxParallelism`; changing it is a new savepoint format.
 */
const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

function mixKey(k: number): number {
  k = Math.imul(k, C1);
  k = (k << 15) | (k >>> 17);
  return Math.imul(k, C2);
}

/**
 * @param length of the bytes that count, from the first one on
 * @returns an unsigned 32-bit integer
 */
export function murmur3(bytes: Uint8Array, seed = 0, length = bytes.length): number {
  const blocks = length & ~3;
  let hash = seed;
  for (let i = 0; i < blocks; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash ^= mixKey(word);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = length - 1; i >= blocks; i--) tail = (tail << 8) | bytes[i]!;
  if (length > blocks) hash ^= mixKey(tail);
  hash ^= length;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash >>> 0;
}
