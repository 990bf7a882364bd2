import assert from 'node:assert/strict';
import { bytes } from '../../src/formats/index.js';

describe('the format bytes', () => {
  const format = bytes.createFormat!({}, { maxRecordBytes: 100, baseDir: '/' });
  const encoder = bytes.createEncoder!({}, { baseDir: '/' });

  it('reads a message as it is', () => {
    const message = Buffer.of(0xff, 0, 1);
    assert.deepEqual(format.decode(message), { value: message });
  });

  it('reads nothing that does not come in messages', () => {
    assert.throws(() => format.createFramer(0), /reads whole messages/);
  });

  const written: readonly [what: string, record: unknown, payload: unknown][] = [
    ['bytes as they are', { value: Uint8Array.of(1, 255), topic: 't' }, Uint8Array.of(1, 255)],
    ['a text as it is', { value: 'héllo' }, 'héllo'],
    ['another value as JSON', { value: { n: 1 } }, '{"n":1}'],
    ['a record without a value as JSON', { rule: 'r', n: 1 }, '{"rule":"r","n":1}'],
  ];
  for (const [what, record, payload] of written)
    it(`writes ${what}`, () => assert.deepEqual(encoder.encode(record), payload));
});
