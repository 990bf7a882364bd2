import assert from 'node:assert/strict';
import type { OutgoingRecord } from '../../src/api/index.js';
import { lineOf, messageIn, messageOf } from '../../src/kafka/outgoing-message.js';

const TRACEPARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const RECORD: OutgoingRecord = { payload: '{"n":1}', timestamp: 5, key: 'k' };

/** As it is when it was kept in an epoch, whose topic is `main`. */
function kept(record: OutgoingRecord, constant = {}, topic?: string) {
  return messageIn(lineOf(record, constant, topic), true, 'main');
}

describe('a message for Kafka', () => {
  const cases: readonly (readonly [what: string, of: Partial<OutgoingRecord>, headers: object])[] = [
    ['no header where there is none', {}, {}],
    ['the id of its alert', { id: 'a1' }, { id: 'a1' }],
    ['the trace that it is followed in', { traceparent: TRACEPARENT }, { traceparent: TRACEPARENT }],
  ];
  for (const [what, of, headers] of cases)
    it(`has ${what}, sent at once or kept in an epoch`, () => {
      const message = { value: '{"n":1}', key: 'k', headers, timestamp: '5' };
      assert.deepEqual(messageOf({ ...RECORD, ...of }, true), message);
      assert.deepEqual(kept({ ...RECORD, ...of }), { topic: 'main', message });
    });

  it('has its own headers first, all of them and in their order, and of others those with other names', () => {
    const bytes = Uint8Array.of(0xff, 0);
    const own = [
      ['b', 'text'],
      ['2', bytes],
      ['b', null],
      ['1', ''],
      ['id', 'own'],
    ] as const;
    const record = { ...RECORD, headers: own, id: 'a1', values: { 'headers.1': 'late', 'headers.more': 'x' } };
    const headers = [
      ...own.map(([name, value]) => [name, value === bytes ? Buffer.from(bytes) : value]),
      ['more', 'x'],
    ];
    const message = { value: '{"n":1}', key: 'k', headers, timestamp: '5' };
    assert.deepEqual(messageOf(record, true), message);
    assert.deepEqual(kept(record), { topic: 'main', message });
    assert.deepEqual(kept(record, {}, 'other'), { topic: 'other', message });
  });

  it('has bytes as they are, whatever they are', () => {
    const payload = Uint8Array.of(0xff, 0, 0x80);
    const value = Buffer.from(payload);
    assert.deepEqual(messageOf({ ...RECORD, payload }, true).value, value);
    assert.deepEqual(kept({ ...RECORD, payload }).message.value, value);
  });

  it('has the key that its egress computes, before that of its alert', () => {
    const record = { ...RECORD, values: { key: 'computed' } };
    assert.equal(messageOf(record, true).key, 'computed');
    assert.equal(kept(record).message.key, 'computed');
  });

  it('has the partition and the headers that its egress computes, beside those that every record has', () => {
    const record = {
      ...RECORD,
      id: 'a1',
      values: { partition: 3, 'headers.severity': 'high', 'headers.source': 'rule', 'headers.__proto__': 'p' },
    };
    const constant = { source: 'tidegate', version: '1' };
    const headers = { source: 'rule', version: '1', severity: 'high', ['__proto__']: 'p', id: 'a1' };
    const message = { value: '{"n":1}', key: 'k', headers, partition: 3, timestamp: '5' };
    assert.deepEqual(messageOf(record, true, constant), message);
    assert.deepEqual(kept(record, constant), { topic: 'main', message });
    assert.deepEqual(kept(record, constant, 'other'), { topic: 'other', message });
  });

  it('goes to the topic that is kept with it, and without a partition where it names none', () => {
    const { topic, message } = kept(RECORD, {}, 'other');
    assert.equal(topic, 'other');
    assert.ok(!('partition' in message));
  });

  it('is read as it was kept before records could name a topic', () => {
    const before = JSON.stringify(['{"n":1}', 'k', 5, { id: 'a1' }, 2]);
    const message = { value: '{"n":1}', key: 'k', headers: { id: 'a1' }, partition: 2, timestamp: '5' };
    assert.deepEqual(messageIn(before, true, 'main'), { topic: 'main', message });
  });
});
