/** Batches of a partition that come while it is still asked where reading goes on. */
import assert from 'node:assert/strict';
import { json } from '../../src/formats/index.js';
import type { FetchedRecord } from '../../src/kafka/fetched/fetched-record.js';
import { MessageChunk } from '../../src/kafka/message-chunk.js';
import { PartitionReading } from '../../src/kafka/partition-reading.js';
import { RecordMaker } from '../../src/kafka/record-maker.js';
import { createFormat } from '../support/formats.js';
import { fetchedRecords } from '../support/record-batch.js';

const messages = (firstOffset: number, lastOffset: number): Promise<readonly FetchedRecord[]> =>
  fetchedRecords({
    firstOffset,
    records: Array.from({ length: lastOffset - firstOffset + 1 }, (_, index) => ({
      key: null,
      value: Buffer.from(String(firstOffset + index)),
    })),
  });

describe('a partition that is read', () => {
  it('gives each record once where a consumer that joined anew brings them while a gap is looked into', async () => {
    const given: unknown[] = [];
    const answers: ((position: number) => void)[] = [];
    const reading = new PartitionReading({
      ...{ topic: 't', partition: 0, from: 5, end: undefined },
      records: new RecordMaker(createFormat(json), undefined),
      output: {
        closed: false,
        push(queued) {
          if (queued instanceof MessageChunk) given.push(...(queued.take(1000)?.payloads ?? []));
        },
        setState: () => undefined,
        room: async () => undefined,
        drained: async () => undefined,
        sleep: async () => undefined,
        onClose: () => () => undefined,
      },
      startBehind: () => new Promise((resolve) => answers.push(resolve)),
    });
    const [some, all] = [await messages(7, 8), await messages(7, 9)];
    const first = reading.accept(some);
    const second = reading.accept(all);
    while (answers.length < 2) await new Promise((resolve) => setImmediate(resolve));
    answers[1]!(5);
    await second;
    answers[0]!(5);
    await first;
    assert.deepEqual(given, ['7', '8', '9']);
    assert.equal(reading.position, 10);
  });
});
