/** What a reader of JSON texts learns from one must show in the speed of the next alone. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BadRecordError } from '../../src/api/index.js';
import { JsonReader } from '../../src/formats/json-reader.js';
import { parseJson } from '../../src/formats/json-text.js';

function outcome(read: (text: string) => unknown, text: string): unknown {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof BadRecordError)) throw error;
    return `bad: ${error.reason}`;
  }
}

describe('the reader of JSON texts', () => {
  const texts = fc.oneof(
    fc
      .record({ id: fc.integer(), amount: fc.double({ noNaN: true }), note: fc.string() })
      .map((one) => JSON.stringify(one)),
    fc.record({ id: fc.integer(), list: fc.array(fc.nat(9), { maxLength: 12 }) }).map((one) => JSON.stringify(one)),
    fc.constantFrom(
      '{"id":9007199254740993}',
      '{"id":"\\ud800"}',
      '{"id":}',
      '[1]',
      'null',
      '{"id":1,"id":2}',
      '{}',
      '',
    ),
  );

  it('gives of each text what the exact parser gives, whatever it read before', () => {
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 60 }), (stream) => {
        const reader = new JsonReader();
        for (const text of stream) {
          assert.deepEqual(
            outcome((one) => reader.read(one), text),
            outcome(parseJson, text),
          );
        }
      }),
      { seed: 20_261_121, numRuns: 500 },
    );
  });

  it('gives the same while it rests from ever new shapes, and when it looks for shapes again', () => {
    const reader = new JsonReader();
    for (let index = 0; index < 5000; index++) {
      const text = index < 3000 ? `{"k${index}":${index}}` : `{"k":${index}}`;
      assert.deepEqual(reader.read(text), JSON.parse(text));
    }
  });

  it('keeps nothing of a text in memory but the values that somebody keeps', function () {
    const collect = globalThis.gc;
    if (collect === undefined) return this.skip();
    const reader = new JsonReader();
    const kept: unknown[] = [];
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let chunk = 0; chunk < 50; chunk++) {
      const lines = `{"name":"a name of some length ${chunk}","rest":"x"}\n`.repeat(20_000).split('\n');
      for (const line of lines.slice(0, 3)) kept.push(reader.read(line));
    }
    collect();
    assert.ok(process.memoryUsage().heapUsed - before < 10_000_000);
    assert.equal(kept.length, 150);
  });
});
