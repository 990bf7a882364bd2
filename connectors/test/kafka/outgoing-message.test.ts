import assert from 'node:assert/strict';
import type { OutgoingRecord } from '../../src/api/index.js';
import { lineOf, messageIn, messageOf } from '../../src/kafka/outgoing-message.js';

const TRACEPARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const RECORD: OutgoingRecord = { payload: '{"n":1}', timestamp: 5, key: 'k', headers: { more: 'x' } };

describe('a message for Kafka', () => {
  const cases: readonly (readonly [what: string, of: Partial<OutgoingRecord>, headers: object])[] = [
    ['its own headers', {}, { more: 'x' }],
    ['the id of its alert', { id: 'a1' }, { more: 'x', id: 'a1' }],
    ['the trace that it is followed in', { traceparent: TRACEPARENT }, { more: 'x', traceparent: TRACEPARENT }],
  ];
  for (const [what, of, headers] of cases)
    it(`has ${what}, sent at once or kept in an epoch`, () => {
      const message = { value: '{"n":1}', key: 'k', headers, timestamp: '5' };
      assert.deepEqual(messageOf({ ...RECORD, ...of }, true), message);
      assert.deepEqual(messageIn(lineOf({ ...RECORD, ...of }), true), message);
    });

  it('has bytes as they are, whatever they are', () => {
    const payload = Uint8Array.of(0xff, 0, 0x80);
    const value = Buffer.from(payload);
    assert.deepEqual(messageOf({ ...RECORD, payload }, true).value, value);
    assert.deepEqual(messageIn(lineOf({ ...RECORD, payload }), true).value, value);
  });

  it('has the key that its egress computes, before that of its alert', () => {
    const record = { ...RECORD, values: { key: 'computed' } };
    assert.equal(messageOf(record, true).key, 'computed');
    assert.equal(messageIn(lineOf(record), true).key, 'computed');
  });

  it('has the partition and the headers that its egress computes, beside those that every record has', () => {
    const record = {
      ...RECORD,
      id: 'a1',
      values: { partition: 3, 'headers.severity': 'high', 'headers.source': 'rule' },
    };
    const constant = { source: 'tidegate', version: '1' };
    const headers = { more: 'x', source: 'rule', version: '1', severity: 'high', id: 'a1' };
    const message = { value: '{"n":1}', key: 'k', headers, partition: 3, timestamp: '5' };
    assert.deepEqual(messageOf(record, true, constant), message);
    assert.deepEqual(messageIn(lineOf(record, constant), true), message);
  });
});
