import assert from 'node:assert/strict';
import { JobLog, LOG_ENTRIES_MAX } from '../../src/coordinator/job-log.js';

const line = (message: string) => ({ time: 1, level: 'info', message }) as const;

describe('the log of a job', () => {
  it('gives what came after a line that was seen', () => {
    const log = new JobLog();
    for (const message of ['a', 'b', 'c']) log.add(line(message), 'w');
    const after = (number: number): string[] => log.after(number).map(({ message }) => message);
    assert.deepEqual([after(0), after(2), after(3), after(99)], [['a', 'b', 'c'], ['c'], [], []]);
    assert.deepEqual(log.after(2), [{ ...line('c'), number: 3, worker: 'w' }]);
  });

  it('keeps the last lines alone, whose numbers show what was forgotten', () => {
    const log = new JobLog();
    for (let i = 1; i <= LOG_ENTRIES_MAX + 5; i++) log.add(line(String(i)));
    const kept = log.after(2);
    assert.equal(kept.length, LOG_ENTRIES_MAX);
    assert.deepEqual([kept[0]!.number, kept[0]!.message], [6, '6']);
    assert.deepEqual(
      log.after(LOG_ENTRIES_MAX + 4).map(({ message }) => message),
      [String(LOG_ENTRIES_MAX + 5)],
    );
  });

  it('F93: keeps nothing of what a worker has sent with a line', () => {
    const log = new JobLog();
    log.add({ ...line('a'), job: 'j', ...{ ballast: 'x', number: 99, worker: 'other' } }, 'w');
    assert.deepEqual(log.after(0), [{ ...line('a'), job: 'j', number: 1, worker: 'w' }]);
  });

  it('cuts lines that are too long', () => {
    const log = new JobLog();
    log.add(line('x'.repeat(100_000)));
    assert.ok(log.after(0)[0]!.message.length < 5000);
  });
});
