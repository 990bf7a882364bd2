import assert from 'node:assert/strict';
import { murmur3 } from '../../src/common/murmur3.js';

describe('murmur3', () => {
  const VECTORS: readonly [text: string, seed: number, hash: number][] = [
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['abc', 0, 0xb3dd93fa],
    ['aaaa', 0x9747b28c, 0x5a97808a],
    ['hello', 0, 0x248bfa47],
    ['hello, world', 0, 0x149bbb7f],
    ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
  ];
  for (const [text, seed, hash] of VECTORS) {
    it(`hashes ${JSON.stringify(text)} with seed ${seed} as the reference does`, () => {
      assert.equal(murmur3(new TextEncoder().encode(text), seed), hash);
    });
  }
});
