/**
 * MurmurHash2 with 32 bits (Austin Appleby's public-domain algorithm) and the seed that Kafka's clients hash keys with to choose a
 * partition. kafkajs has it too, in integers of any size, which takes many times as long.
 */
const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** @returns a signed 32-bit integer */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  const blocks = length & ~3;
  let hash = SEED ^ length;
  for (let i = 0; i < blocks; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    const mixed = Math.imul(word, M);
    hash = Math.imul(hash, M) ^ Math.imul(mixed ^ (mixed >>> 24), M);
  }
  if (length > blocks) {
    let tail = 0;
    for (let i = length - 1; i >= blocks; i--) tail = (tail << 8) | bytes[i]!;
    hash = Math.imul(hash ^ tail, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
