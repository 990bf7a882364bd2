import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { murmur2 } from '../../src/kafka/murmur2.js';

const { Partitioners } = createRequire(import.meta.url)('kafkajs') as typeof import('kafkajs');
const PARTITIONS_MAX = 0x7fffffff;

/** The hash, without its sign, is the partition among as many as there can be. */
function hashOf(key: string): number {
  const partitionMetadata = { length: PARTITIONS_MAX, filter: () => [] } as never;
  return Partitioners.DefaultPartitioner()({ topic: 't', partitionMetadata, message: { key, value: null } });
}

describe('the partition of a key', () => {
  it('is that which kafkajs finds, for keys of any length and any letters', () => {
    for (let length = 0; length < 40; length++)
      for (const letters of ['a', 'key-', 'ü', '漢', '🂡', '\u0000']) {
        const key = letters.repeat(length).slice(0, length);
        assert.equal((murmur2(Buffer.from(key)) & 0x7fffffff) % PARTITIONS_MAX, hashOf(key), JSON.stringify(key));
      }
  });
});
