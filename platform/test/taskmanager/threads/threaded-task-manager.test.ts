/** Jobs whose slots are told apart like threads; that real threads do the same is seen in test/applications/threads.test.ts. */
import assert from 'node:assert/strict';
import { VirtualClock } from '../../../src/common/virtual-clock.js';
import type { JobNotice } from '../../../src/coordinator/job-events.js';
import { planned, runOn } from '../harness.js';
import { ruleApplication, runCase } from '../rule-case.js';

const PAIR = `
  pair: { from: in, key: k, pattern: { within: 1d, skip: pastLastEvent, steps: [{ begin: a }, { followedBy: b }] }, select: { n: b.n }, to: out }`;
const events = (count: number): unknown[] => Array.from({ length: count }, (_, n) => ({ n, ts: n, k: n % 50 }));

/** Time passes with each look at it. */
class TickingClock extends VirtualClock {
  #ticks = 0;

  override monotonic(): number {
    return ++this.#ticks;
  }
}

describe('a job whose slots have threads', function () {
  this.timeout(30_000);

  it('counts as a job in one thread does', async () => {
    const [one, threads] = await Promise.all(
      [false, true].map((threads) => runCase(PAIR, events(4000), { parallelism: 3, threads })),
    );
    // Times differ, and so does what a task says of the moment: a thread's is told again behind its end. What a thread never
    // counted it never tells.
    const isCount = (name: string): boolean => !name.endsWith('Ms') && name !== 'watermark' && name !== 'usage';
    const counts = ({ metrics }: typeof one & object) =>
      [...metrics.entries()].filter(([, name, value]) => isCount(name) && value !== 0).sort();
    assert.deepEqual(counts(threads!), counts(one!));
    assert.equal(threads!.received['out']!.length, 2000);
  });

  it('knows how every task spends its time, wherever it runs', async () => {
    const { metrics } = await runCase(PAIR, events(4000), { clock: new TickingClock(), parallelism: 3, threads: true });
    const spentMs = new Map<string, number>();
    for (const [scope, name, value] of metrics.entries())
      if (['busyMs', 'idleMs', 'backPressuredMs'].includes(name)) spentMs.set(scope, (spentMs.get(scope) ?? 0) + value);
    const patterns = [...spentMs].filter(([scope]) => scope.startsWith('patterns.'));
    assert.deepEqual(patterns.map(([scope, ms]) => [scope.slice(-3), ms > 0]).sort(), [
      ['[0]', true],
      ['[1]', true],
      ['[2]', true],
    ]);
  });

  it('passes on what is larger than its rings, as little as they may be', async () => {
    const graph = planned(ruleApplication(PAIR));
    const memory = { ...graph.settings.memory, networkBytes: 300_000 };
    const text = 'x'.repeat(40_000);
    const big = events(200).map((event) => ({ ...(event as object), text }));
    const ran = await runOn(
      { ...graph, settings: { ...graph.settings, memory } },
      { inputs: { in: { f: big } }, parallelism: 4, threads: true, batch: 50 },
    );
    assert.deepEqual([ran.outcome.state, ran.received['out']!.length], ['finished', 100]);
  });

  it('keeps the code and the words of what failed in a thread', async () => {
    const { outcome } = await runCase(
      PAIR.replace('n: b.n', `n: 'int("x")'`).replace('to: out', 'onError: fail, to: out'),
      events(500),
      {
        parallelism: 4,
        threads: true,
      },
    );
    assert.equal(outcome.state, 'failed');
    assert.equal((outcome as { cause: { code?: string } }).cause.code, 'TG402');
  });

  const isUp = (notice: JobNotice): boolean =>
    notice.kind === 'execution-state' && notice.state === 'running' && /patterns.*\[1\]$/.test(notice.attempt);

  it('fails with a thread that is lost, where nothing is started again', async () => {
    const { outcome } = await runCase(PAIR, [], {
      parallelism: 2,
      threads: true,
      unbounded: ['in'],
      observe(notice, _, slots) {
        if (isUp(notice)) slots!.kill(1);
      },
    });
    assert.match(
      outcome.state === 'failed' ? outcome.cause.message : '',
      /the thread of slot 1 is lost: the test has killed it/,
    );
  });

  it('is started again with a new thread after one was lost, by its strategy', async () => {
    let started: readonly number[] = [];
    const clock = new VirtualClock();
    const { outcome } = await runCase(PAIR, [], {
      clock,
      parallelism: 2,
      threads: true,
      unbounded: ['in'],
      restart: { strategy: 'fixed-delay', attempts: 3, delay: 0 },
      observe(notice, job, slots) {
        // The delay of the restart.
        if (notice.kind === 'restart') queueMicrotask(() => clock.advanceTo(clock.now() + 1));
        if (!isUp(notice)) return;
        started = slots!.started;
        if (started.length === 1) slots!.kill(1);
        else void job.stop();
      },
    });
    assert.deepEqual([outcome.state, started], ['stopped', [1, 1]]);
  });
});
