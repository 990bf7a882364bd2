import assert from 'node:assert/strict';
import type { ByteReader } from '../../../src/record/codec/byte-reader.js';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import type { StateCodec } from '../../../src/state/state-codec.js';
import { RocksFixture } from './fixture.js';

/** The number first, so that it can be read alone. */
interface Numbered {
  readonly number: number;
  readonly text: string;
}

describe('a scan of a state on RocksDB', () => {
  const fixture = new RocksFixture();
  after(() => fixture.cleanUp());

  it('reads of each value what it looks at, decodes none and takes none into memory', async () => {
    let decoded = 0;
    const codec: StateCodec<Numbered> = {
      ...plainValueCodec<Numbered>(),
      id: 'numbered/1',
      encode: ({ number, text }, out) => {
        out.double(number);
        out.string(text);
      },
      decode: (bytes) => {
        decoded++;
        return { number: bytes.double(), text: bytes.string() };
      },
    };
    const store = await fixture.open({ memoryBytes: 1_000_000 });
    const state = store.value({ owner: 'o', name: 's', codec });
    for (let key = 0; key < 3000; key++) {
      state.put(key, { number: key * 2, text: 'x'.repeat(100) });
      if (key % 500 === 0) store.drain();
    }
    const before = decoded;
    const glance = { ofValue: ({ number }: Numbered) => number, ofBytes: (bytes: ByteReader) => bytes.double() };
    const told = [...state.scan(glance)].sort(([, left], [, right]) => left - right);
    assert.deepEqual(
      told,
      Array.from({ length: 3000 }, (_, key) => [key, key * 2]),
    );
    assert.equal(decoded, before);
    await store.close();
  });

  it('finds the first entries of a map behind what was deleted and is not written yet', async () => {
    // So much that what is deleted last stays in memory, and so little that all before it does not.
    const store = await fixture.open({ memoryBytes: 400_000 });
    const map = store.map({ owner: 'o', name: 'm', codec: plainValueCodec<number>() });
    const others = store.value({ owner: 'o', name: 'v', codec: plainValueCodec<string>() });
    const keyOf = (number: number): string => `key ${String(number).padStart(4, '0')}`;
    for (let number = 0; number < 100; number++) map.put('map', keyOf(number), number);
    for (let number = 0; number < 20_000; number++) {
      others.put(number, 'x'.repeat(100));
      if (number % 100 === 0) store.drain();
    }
    for (let number = 0; number < 10; number++) map.delete('map', keyOf(number));
    map.put('map', keyOf(11), -11);
    assert.deepEqual(map.behind('map', undefined, 2), [
      [keyOf(10), 10],
      [keyOf(11), -11],
    ]);
    assert.deepEqual(map.behind('map', keyOf(97), 5), [
      [keyOf(98), 98],
      [keyOf(99), 99],
    ]);
    await store.close();
  });
});
