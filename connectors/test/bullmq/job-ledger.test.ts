import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JobLedger } from '../../src/bullmq/job-ledger.js';

describe('the ledger of taken jobs', () => {
  const cases: readonly (readonly [phase: string, make: (ledger: JobLedger) => void, again: string])[] = [
    ['nobody has', () => undefined, 'give'],
    ['waits to be given', (ledger) => void ledger.taken('a'), 'wait'],
    ['was given', (ledger) => (ledger.taken('a'), ledger.given('a')), 'wait'],
    [
      'a complete checkpoint holds',
      (ledger) => (ledger.taken('a'), ledger.given('a'), ledger.snapshot(1), ledger.complete(1)),
      'complete',
    ],
    ['is completed', (ledger) => (ledger.taken('a'), ledger.given('a'), ledger.done('a'), ledger.asking()), 'give'],
    ['was completed while the answer was under way', (ledger) => (ledger.taken('a'), ledger.done('a')), 'wait'],
  ];
  for (const [phase, make, again] of cases) {
    it(`a job that ${phase} is, when it is taken, one to ${again}`, () => {
      const ledger = new JobLedger([]);
      make(ledger);
      assert.equal(ledger.taken('a'), again);
    });
  }

  it('what a restored checkpoint holds is only to be completed', () => {
    const ledger = new JobLedger(['a']);
    assert.deepEqual([ledger.taken('a'), ledger.taken('b'), ledger.held], ['complete', 'give', ['a']]);
  });

  it('a snapshot holds what was given and what is to be completed, not what waits here', () => {
    const ledger = new JobLedger(['held']);
    ledger.taken('given');
    ledger.given('given');
    ledger.taken('waiting');
    assert.deepEqual(ledger.snapshot(1), ['given', 'held']);
  });

  it('what was given behind a barrier waits for the next checkpoint', () => {
    const ledger = new JobLedger([]);
    const give = (id: string): void => {
      ledger.taken(id);
      ledger.given(id);
    };
    give('a');
    ledger.snapshot(1);
    give('b');
    assert.deepEqual(ledger.complete(1), ['a']);
    ledger.snapshot(2);
    assert.deepEqual(ledger.complete(2).toSorted(), ['a', 'b']);
  });

  it('whatever is taken, given, lost and completed, and whenever the reader dies, each job is counted once', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('ask'), id: fc.constantFrom('a', 'b', 'c') }),
        fc.record({ kind: fc.constantFrom('answer', 'give', 'snapshot', 'notify', 'crash') }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (taken) => {
        let ledger = new JobLedger([]);
        let queue: string[] = [];
        /** What Redis has answered with, on its way. */
        let answer: string | undefined;
        const redis = new Set(['a', 'b', 'c']);
        // What a checkpoint holds: jobs to be completed, and how often each was counted.
        let kept = { jobs: [] as readonly string[], counts: new Map<string, number>() };
        const counts = new Map<string, number>();
        let underWay: { checkpoint: number; state: typeof kept } | undefined;
        let checkpoint = 0;
        for (const step of taken) {
          if ('id' in step) {
            // A job that Redis still has may come again at any time: its lock may have run out.
            if (!redis.has(step.id) || answer !== undefined) continue;
            ledger.asking();
            answer = step.id;
          } else if (step.kind === 'answer' && answer !== undefined) {
            const action = ledger.taken(answer);
            if (action === 'give') queue.push(answer);
            if (action === 'complete') {
              redis.delete(answer);
              ledger.done(answer);
            }
            answer = undefined;
          } else if (step.kind === 'give') {
            const id = queue.shift();
            if (id === undefined) continue;
            ledger.given(id);
            counts.set(id, (counts.get(id) ?? 0) + 1);
          } else if (step.kind === 'snapshot') {
            checkpoint++;
            underWay = { checkpoint, state: { jobs: ledger.snapshot(checkpoint), counts: new Map(counts) } };
          } else if (step.kind === 'notify' && underWay !== undefined) {
            kept = underWay.state;
            // Some are completed, and then the reader may die.
            for (const [index, id] of ledger.complete(underWay.checkpoint).entries()) {
              if (index % 2 === 1) continue;
              redis.delete(id);
              ledger.done(id);
            }
            underWay = undefined;
          } else if (step.kind === 'crash') {
            ledger = new JobLedger(kept.jobs);
            queue = [];
            answer = undefined;
            counts.clear();
            for (const [id, count] of kept.counts) counts.set(id, count);
            underWay = undefined;
          }
          for (const [id, count] of counts) assert.equal(count, 1, `job ${id} was counted ${count} times`);
          for (const id of ['a', 'b', 'c'])
            assert.ok(redis.has(id) || kept.counts.has(id), `job ${id} was completed, and no checkpoint holds it`);
        }
      }),
      { numRuns: 4000 },
    );
  });
});
