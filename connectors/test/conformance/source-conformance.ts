/**
 * What every source must do, whatever it reads. A source under test makes sure of `records` records before it is opened;
 * enough of them that they do not fit into its queue (about 5 MB).
 */
import assert from 'node:assert/strict';
import type { Source, SourceSplit } from '../../src/api/index.js';
import { createContext, type TestContext } from '../support/context.js';
import { open, recordsOf, type Polls, type ReadRecord } from '../support/reading.js';

export interface SourceUnderTest {
  /** A new source over the same records; the one before is closed. */
  create(): Source;
  readonly records: number;
}

/** What does not hold for every source; a case that asks for it is then none of this source's. */
export interface SourceTraits {
  readonly bounded: boolean;
  readonly replayable: boolean;
}

const QUEUE_BOUND_BYTES = 3 * 1024 * 1024;

export function itIsASource(
  name: string,
  { bounded, replayable }: SourceTraits,
  setUp: (context: TestContext) => Promise<SourceUnderTest>,
): void {
  describe(`the source ${name}, as every source,`, function () {
    this.timeout(20_000);
    let context: TestContext;
    let tested: SourceUnderTest;
    const opened: Polls[] = [];

    before(async () => {
      context = createContext();
      tested = await setUp(context);
    });
    afterEach(async () => {
      for (const polls of opened.splice(0)) await polls.reader.close();
    });
    after(() => context.remove());
    const openSource = async (splits?: readonly SourceSplit[], maxBytes?: number): Promise<Polls> => {
      const polls = await open(tested.create(), context, splits, maxBytes);
      opened.push(polls);
      return polls;
    };

    it('gives every record once, split by split in rising offsets', async () => {
      const polls = await openSource();
      const records = await polls.records(tested.records);
      assert.equal(records.length, tested.records);
      const last = new Map<string, number>();
      for (const { split, offset } of records) {
        assert.ok(offset > (last.get(split) ?? -1), `offset ${offset} after ${last.get(split)} in ${split}`);
        last.set(split, offset);
      }
    });

    it('gives batches of about the size that was asked for, whose next offsets lead on', async () => {
      const polls = await openSource(undefined, 1000);
      const next = new Map<string, number>();
      for (let seen = 0; seen < Math.min(tested.records, 500);) {
        const result = await polls.next();
        if (result.kind !== 'batch') continue;
        const { batch } = result;
        assert.equal(batch.offsets.length, batch.payloads.length);
        assert.ok(batch.payloads.length > 0);
        assert.ok(batch.payloads.length === 1 || batch.bytes <= 1000, `${batch.bytes} bytes`);
        assert.ok((batch.offsets[0] ?? -1) >= (next.get(batch.split) ?? 0));
        assert.ok(batch.nextOffset > (batch.offsets.at(-1) ?? Infinity));
        next.set(batch.split, batch.nextOffset);
        seen += batch.payloads.length;
      }
    });

    it('says truly whether it ends and can be read again', () => {
      const source = tested.create();
      assert.deepEqual(
        { bounded: source.boundedness === 'bounded', replayable: source.replayable },
        { bounded, replayable },
      );
    });

    it('finds again what it has found, in the same order', async () => {
      const enumerator = tested.create().createEnumerator([]);
      const first = await enumerator.discover();
      const again = await enumerator.discover();
      const idsOf = (splits: readonly SourceSplit[]): string[] => splits.map(({ id }) => id);
      assert.deepEqual(idsOf(again).slice(0, first.length), idsOf(first));
      await enumerator.close();
    });

    const whereBounded = bounded ? it : () => undefined;
    whereBounded('tells the end of each split once, after its records, and then only the end', async () => {
      const polls = await openSource();
      const splits = (await tested.create().createEnumerator([]).discover()).map(({ id }) => id);
      const ended: string[] = [];
      for (let result = await polls.next(); result.kind !== 'end'; result = await polls.next()) {
        if (result.kind === 'split-end') ended.push(result.split);
        else assert.ok(!ended.includes(result.batch.split));
      }
      assert.deepEqual(ended.sort(), [...splits].sort());
      assert.equal(polls.reader.poll(1000).kind, 'end');
      assert.deepEqual(polls.reader.snapshot(1), []);
    });

    it('answers a poll at once, and calls back when there may be more', async () => {
      const polls = await openSource();
      for (let answered = 0; answered < 10; answered++) {
        let result = polls.reader.poll(1000);
        assert.ok(!(result instanceof Promise));
        if (result.kind === 'empty') result = await polls.next();
        assert.notEqual(result.kind, 'empty');
      }
    });

    const whereReplayable = replayable ? it : () => undefined;
    whereReplayable('gives from a snapshot on what it gave before', async () => {
      const polls = await openSource(undefined, 5000);
      const before = await polls.records(Math.floor(tested.records / 3));
      const snapshot = polls.reader.snapshot(1);
      polls.reader.notifyComplete(1);
      const after = await polls.records(tested.records - before.length);
      await polls.reader.close();
      const again = await (await openSource(snapshot)).records(after.length);
      assert.equal(before.length + after.length, tested.records);
      assert.deepEqual(bySplit(again), bySplit(after));
    });

    it('gives nothing of a paused split, and the rest after it is resumed', async () => {
      const polls = await openSource(undefined, 1000);
      const first = await polls.next();
      assert.ok(first.kind === 'batch');
      polls.reader.pause(first.batch.split);
      const position = polls.reader.snapshot(1).find(({ id }) => id === first.batch.split);
      for (let result = polls.reader.poll(1000); result.kind !== 'empty'; result = polls.reader.poll(1000)) {
        assert.ok(result.kind === 'batch' && result.batch.split !== first.batch.split);
      }
      assert.equal(position?.offset, first.batch.nextOffset);
      polls.reader.resume(first.batch.split);
      const seen = recordsOf(first).length;
      assert.ok((await polls.records(tested.records - seen)).length > 0);
    });

    it('reads no more ahead than it has room for', async () => {
      const polls = await openSource(undefined, 64 * 1024);
      await polls.next();
      // Whatever it can read without being polled, it has read when nothing changes any more.
      for (let turns = 0; turns < 200; turns++) await new Promise((resolve) => setImmediate(resolve));
      let bytes = 0;
      for (let result = polls.reader.poll(1e9); result.kind === 'batch'; result = polls.reader.poll(1e9))
        bytes += result.batch.bytes;
      assert.ok(bytes <= QUEUE_BOUND_BYTES, `${bytes} bytes were queued`);
    });

    it('can be closed at any time, twice too', async () => {
      const untouched = await openSource();
      await untouched.reader.close();
      await untouched.reader.close();
    });

    it('reports no failure', () => assert.deepEqual(context.failures, []));
  });
}

function bySplit(records: readonly ReadRecord[]): Map<string, readonly [number, unknown][]> {
  const grouped = new Map<string, [number, unknown][]>();
  for (const { split, offset, payload } of records) {
    const group = grouped.get(split) ?? [];
    group.push([offset, payload]);
    grouped.set(split, group);
  }
  return grouped;
}
