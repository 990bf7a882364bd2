/** Messages that kafkajs itself would not write, and others do. */
import assert from 'node:assert/strict';
import { json } from '../../src/formats/index.js';
import { RecordMaker } from '../../src/kafka/record-maker.js';
import { createFormat } from '../support/formats.js';
import { fetchedRecords, type WrittenHeader } from '../support/record-batch.js';

const headersOf = async (...headers: readonly WrittenHeader[]): Promise<unknown> => {
  const records = [{ key: null, value: Buffer.from('{"n":1}'), headers }];
  const [message] = await fetchedRecords({ firstOffset: 7, records });
  const chunk = new RecordMaker(createFormat(json), undefined).begin({ topic: 't', partition: 0 });
  chunk.add(message!);
  return chunk.take(1000)?.headers;
};

describe('a message of Kafka', () => {
  it('leaves out headers without a value', async () => {
    assert.deepEqual(await headersOf(['a', Buffer.from('x')], ['b', null]), [{ a: 'x' }]);
    assert.equal(await headersOf(['b', null]), undefined);
  });

  it('gives the last value of a header that comes several times', async () => {
    assert.deepEqual(await headersOf(['a', Buffer.from('x')], ['a', Buffer.from('y')]), [{ a: 'y' }]);
    assert.equal(await headersOf(['a', Buffer.from('x')], ['a', null]), undefined);
  });

  it('keeps a header whose name is __proto__ as a header', async () => {
    const [found] = (await headersOf(['__proto__', Buffer.from('x')])) as [object];
    assert.deepEqual(Object.entries(found), [['__proto__', 'x']]);
  });
});
