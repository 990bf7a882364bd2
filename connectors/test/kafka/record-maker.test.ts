/** Messages that kafkajs itself would not write, and others do. */
import assert from 'node:assert/strict';
import type { KafkaMessage } from 'kafkajs';
import { json } from '../../src/formats/index.js';
import { RecordMaker } from '../../src/kafka/record-maker.js';
import { createFormat } from '../support/formats.js';

const message = (headers: unknown): KafkaMessage =>
  ({
    key: null,
    value: Buffer.from('{"n":1}'),
    timestamp: '5',
    attributes: 0,
    offset: '7',
    headers,
  }) as KafkaMessage;

const headersOf = (headers: unknown): unknown => {
  const chunk = new RecordMaker(createFormat(json), undefined).begin({ topic: 't', partition: 0 });
  chunk.add(7, message(headers));
  return chunk.take(1000)?.headers;
};

describe('a message of Kafka', () => {
  it('leaves out headers without a value', () => {
    assert.deepEqual(headersOf({ a: Buffer.from('x'), b: null }), [{ a: 'x' }]);
    assert.equal(headersOf({ b: null }), undefined);
  });

  it('gives the last value of a header that comes several times', () => {
    assert.deepEqual(headersOf({ a: [Buffer.from('x'), Buffer.from('y')] }), [{ a: 'y' }]);
    assert.equal(headersOf({ a: [Buffer.from('x'), null] }), undefined);
  });

  it('keeps a header whose name is __proto__ as a header', () => {
    const [found] = headersOf(JSON.parse('{"__proto__":"x"}')) as [object];
    assert.deepEqual(Object.entries(found), [['__proto__', 'x']]);
  });
});
