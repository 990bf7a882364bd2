/** One job in two worker processes, which exchange records over sockets: it says what it says in one process. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobNotice } from '../../src/coordinator/job-events.js';
import { inFolder, jsonLines, tidegate } from '../applications/child.js';
import { TcpProxy } from './tcp-proxy.js';
import { runOverProcesses, type ApplicationRun, type RunningApplication } from './application-job.js';

const EVENTS = 30_000;

const application = (unaligned: boolean): string => `
name: app
settings:
  parallelism: 4
  checkpoint: { interval: 150ms${unaligned ? ', alignedTimeout: 0s' : ', unaligned: false'} }
  restart: { strategy: fixed-delay, attempts: 5, delay: 0ms }
  state: { backend: rocksdb }
ingresses:
  in:
    file: in.jsonl
    schema: { n: int, k: string, ts: timestamp }
    time: { field: ts }
egresses:
  out: { file: out.jsonl }
rules:
  pair:
    from: in
    key: k
    pattern: { within: 1h, skip: pastLastEvent, steps: [{ begin: a }, { followedBy: b }] }
    select: { first: a.n, second: b.n }
    to: out
`;

function writeInput(folder: string): void {
  const lines = Array.from(
    { length: EVENTS },
    (_, n) => `${JSON.stringify({ n, k: `k${(n * 7919) % 997}`, ts: 1_700_000_000_000 + n * 10 })}\n`,
  );
  writeFileSync(join(folder, 'in.jsonl'), lines.join(''));
}

const alertsOf = (folder: string): string[] =>
  jsonLines(join(folder, 'out.jsonl'))
    .map((alert) => JSON.stringify(alert))
    .sort();

const isCompleted = (notice: JobNotice): boolean =>
  notice.kind === 'checkpoint-ended' && notice.statistics.outcome === 'completed';

describe('a job in two worker processes', function () {
  this.timeout(120_000);
  let expected: string[];

  before(async () => {
    await inFolder(async (folder) => {
      writeInput(folder);
      writeFileSync(join(folder, 'application.yaml'), application(false).replace('parallelism: 4', 'parallelism: 1'));
      const run = await tidegate(['run', '--quiet'], { cwd: folder });
      assert.equal(run.exitCode, 0, run.err);
      expected = alertsOf(folder);
    });
    assert.ok(expected.length > EVENTS / 4);
  });

  async function alertsAfter(run: Omit<ApplicationRun, 'workers'>, unaligned = false) {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-exchange-'));
    try {
      writeInput(folder);
      const result = await runOverProcesses(application(unaligned), folder, { workers: [2, 2], ...run });
      assert.equal(result.state, 'finished', result.failure?.message);
      return { result, alerts: alertsOf(folder) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it('gives the alerts of one process', async () => {
    const { alerts, result } = await alertsAfter({});
    assert.equal(result.restarts, 0, JSON.stringify(result.exceptions));
    assert.deepEqual(alerts, expected);
  });

  it('gives them also when barriers overtake what is on its way', async () => {
    const { alerts, result } = await alertsAfter({}, true);
    assert.equal(result.restarts, 0, JSON.stringify(result.exceptions));
    assert.deepEqual(alerts, expected);
  });

  it('gives them after one of the processes was killed, and another took its place (F1)', async () => {
    let isKilled = false;
    const observe = (notice: JobNotice, job: RunningApplication): void => {
      if (!isCompleted(notice) || isKilled) return;
      isKilled = true;
      job.workers[1]!.kill('SIGKILL');
      job.startWorker(2);
    };
    const { alerts, result } = await alertsAfter({ observe });
    assert.ok(result.restarts > 0);
    assert.deepEqual(alerts, expected);
  });

  it('gives them after the connections between the processes were cut, and says which (F20)', async () => {
    const proxies = await Promise.all(Array.from({ length: 4 }, () => TcpProxy.open()));
    let isCut = false;
    try {
      const { alerts, result } = await alertsAfter({
        route: ({ address }) => {
          const proxy = proxies.find(({ target }) => target === address) ?? proxies.find(({ target }) => !target)!;
          return proxy.to(address);
        },
        observe: (notice) => {
          if (!isCompleted(notice) || isCut) return;
          isCut = true;
          for (const proxy of proxies) proxy.cut();
        },
      });
      assert.ok(proxies.some(({ connections }) => connections > 1));
      const [{ cause }] = result.exceptions as [(typeof result.exceptions)[number]];
      assert.deepEqual([cause.code, cause.retriable], ['TG433', true]);
      assert.match(cause.message, /^the data connection with slot \d of worker-\d\.1 \(127\.0\.0\.1:\d+\) is lost: /);
      assert.deepEqual(alerts, expected);
    } finally {
      for (const proxy of proxies) await proxy.close();
    }
  });
});
