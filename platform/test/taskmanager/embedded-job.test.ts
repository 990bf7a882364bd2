/** How a job goes through its life: the plan as JSON, slow and failing sinks, spilling, stopping. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpillDirectory } from '../../src/cli/runtime/spill-directory.js';
import { buildJobGraph } from '../../src/job/job-graph.js';
import { ruleApplication, runCase } from './rule-case.js';
import { planned, runOn } from './harness.js';

const ALL = '\n  all: { from: in, select: { n: n }, to: out }';
const events = (count: number): unknown[] => Array.from({ length: count }, (_, n) => ({ n, ts: n, k: n % 5 }));

describe('a job', function () {
  this.timeout(30_000);

  it('runs from its plan as JSON text as it does from the plan: nothing else is its input', async () => {
    const graph = planned(
      ruleApplication(`
  odd:
    from: in
    where: |
      n >= 9007199254740993 || k == "caf\\u00e9" || b"\\xff" == b"\\xff" || n in [-9223372036854775807, 1e300, -0.0]
    pattern: { within: 1h, steps: [{ begin: a, where: "n < 9223372036854775807" }, { followedBy: b, times: 2.. , where: n > last().n }] }
    select: { big: "9223372036854775807", bytes: 'b"\\xff\\x00"', gap: "duration(\\"1h\\")", at: "timestamp(\\"2026-01-01T00:00:00Z\\")" }
    to: out`),
    );
    const back = JSON.parse(JSON.stringify(graph)) as typeof graph;
    assert.deepEqual(back, graph);
    const inputs = { in: { f: events(6) } };
    const [one, other] = [await runOn(graph, { inputs }), await runOn(back, { inputs })];
    assert.ok(one.received['out']!.length > 0);
    assert.deepEqual(other.received, one.received);
    assert.equal(one.received['out']![0]?.['big'], 9223372036854775807n);
  });

  it('F62: holds its input back while a sink is slow: what waits is bounded', async () => {
    const total = 30_000;
    let taken = 0;
    let room = 0;
    let deepest = 0;
    const { outcome, received } = await runCase(ALL, events(total), {
      writers: {
        out: {
          ready: () => room > 0,
          write: () => {
            room--;
            taken++;
          },
        },
      },
      quiet(job) {
        deepest = Math.max(deepest, job.metrics.counter('ingresses.in', 'records').value - taken);
        room = 500;
        return true;
      },
    });
    assert.deepEqual([outcome.state, received['out']!.length], ['finished', total]);
    assert.ok(deepest < 16_000, `${deepest} records waited`);
  });

  it('ends with the error of a sink that fails while it writes, and closes everything', async () => {
    const { outcome, closed } = await runCase(ALL, events(5000), {
      parallelism: 2,
      writers: {
        out: {
          write: () => {
            throw new Error('the disk has gone');
          },
        },
      },
    });
    assert.equal(outcome.state === 'failed' ? outcome.cause.message : outcome.state, 'the disk has gone');
    assert.deepEqual([...closed].sort(), ['bad', 'in', 'in', 'out']);
  });

  it('ends with the error of a sink that fails at its last flush', async () => {
    const { outcome } = await runCase(ALL, events(3), {
      writers: { out: { flush: () => Promise.reject(new Error('not written')) } },
    });
    assert.equal(outcome.state === 'failed' ? outcome.cause.message : outcome.state, 'not written');
  });

  it('closes what it has opened when it cannot be put together', async () => {
    const graph = planned(ruleApplication(`${ALL}\n  more: { from: in, to: near }`));
    const { outcome, closed } = await runOn(graph, {
      inputs: {},
      writers: {
        near: {
          onReady: () => {
            throw new Error('broken');
          },
        },
      },
    });
    assert.equal(outcome.state, 'failed');
    assert.ok(closed.includes('in'), 'the reader that was made first is closed');
  });

  it('stops when it is told to before it has begun', async () => {
    const { outcome } = await runCase(ALL, [], { unbounded: ['in'], before: (job) => job.stop() });
    assert.equal(outcome.state, 'stopped');
  });

  it('ends when it is told to stop while it is ending already', async () => {
    const answers: Promise<unknown>[] = [];
    const { outcome, received } = await runCase(ALL, events(10), {
      checkpoints: true,
      observe: (notice, job) => {
        if (notice.kind === 'checkpoint-triggered') answers.push(job.stop({ drain: false, savepoint: true }));
        if (notice.kind === 'checkpoint-ended') answers.push(job.stop());
      },
    });
    assert.deepEqual([outcome.state, received['out']!.length], ['finished', 10]);
    assert.deepEqual(await Promise.all(answers), [
      { reason: 'the job is ending already' },
      { reason: 'the job has ended' },
    ]);
  });

  for (const parallelism of [1, 3]) {
    it(`sorts unordered input by spilling what its budget does not hold (parallelism ${parallelism})`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tidegate-spill-'));
      try {
        const spill = new SpillDirectory(folder);
        let created = 0;
        const graph = planned(
          ruleApplication(
            '\n  rise: { from: in, pattern: { steps: [{ begin: a }, { next: b, where: n == a.n + 1 }] }, select: { n: a.n }, to: out }',
            ', order: unordered',
          ),
        );
        const shuffled = (from: number): unknown[] =>
          Array.from({ length: 3000 }, (_, i) => ({
            n: from + ((i * 7) % 3000),
            ts: from + ((i * 7) % 3000),
            k: '\ud83d\ude00',
            big: 2n ** 60n,
          }));
        const { received, outcome } = await runOn(graph, {
          inputs: { in: { f: shuffled(0), g: shuffled(3000), h: shuffled(6000) } },
          parallelism,
          sortBudgetBytes: 300_000,
          spill: { create: () => (created++, spill.create()) },
        });
        assert.equal(outcome.state, 'finished');
        assert.ok(created >= 3, `${created} files were spilled`);
        assert.equal(received['out']!.length, 8999, 'every event is directly followed by the next in time');
        spill.remove();
        assert.deepEqual(readdirSync(folder), []);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it('gives no late record to a filter whose alerts a pattern reads, and all to others', () => {
    const graph = planned(
      ruleApplication(`
  plain: { from: in, to: out }
  read: { from: in, to: out }
  reader: { from: read, pattern: { within: 1s, steps: [{ begin: a }, { followedBy: b }] }, to: out }`),
    );
    const timeless = buildJobGraph(graph)
      .edges.filter((edge) => edge.timeless)
      .map(({ to }) => to);
    assert.deepEqual(timeless, ['rules.plain']);
  });
});
