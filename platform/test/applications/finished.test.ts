/** What a start finds of a run that had come to its end. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, tidegate } from './child.js';

const APPLICATION = `name: job
settings: { checkpoint: { interval: 20ms } }
ingresses:
  readings:
    file: { path: readings.jsonl }
    schema: { celsius: double }
rules:
  hot: { from: readings, where: celsius > 40, to: alerts }
egresses:
  alerts: { file: alerts.jsonl }
`;

const READINGS = [20, 41, 42].map((celsius) => `${JSON.stringify({ celsius })}\n`).join('');

async function inJob(body: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'application.yaml'), APPLICATION);
    writeFileSync(join(folder, 'readings.jsonl'), READINGS);
    await body(folder);
  });
}

const alertsIn = (folder: string) => readFileSync(join(folder, 'alerts.jsonl'), 'utf8').split('\n').filter(Boolean);

describe('a run after one that had finished', function () {
  this.timeout(60_000);

  it('begins anew', () =>
    inJob(async (folder) => {
      for (let run = 1; run <= 2; run++) {
        const { exitCode, out, err } = await tidegate(['run'], { cwd: folder });
        assert.equal(exitCode, 0, err);
        assert.match(out, /2 alerts/);
        assert.equal(alertsIn(folder).length, 2);
      }
    }));

  it('runs nothing, and says so once, when that one was killed before it could say that it had', () =>
    inJob(async (folder) => {
      const killed = await tidegate(['run'], { cwd: folder, env: { TIDEGATE_FAIL: 'run.beforeReport:1' } });
      assert.equal(killed.signal, 'SIGKILL', killed.err);
      const written = alertsIn(folder);
      const file = statSync(join(folder, 'alerts.jsonl'));
      // Whoever says it may be killed as well.
      await tidegate(['run'], { cwd: folder, env: { TIDEGATE_FAIL: 'run.beforeReport:1' } });
      const second = await tidegate(['run'], { cwd: folder });
      assert.equal(second.exitCode, 0, second.err);
      assert.match(second.err, /had come to its end/);
      assert.deepEqual(alertsIn(folder), written);
      assert.equal(statSync(join(folder, 'alerts.jsonl')).ino, file.ino, 'it was written anew');
      const third = await tidegate(['run'], { cwd: folder });
      assert.match(third.out, /2 alerts/);
    }));

  it('deletes what the killed one had no time to delete', () =>
    inJob(async (folder) => {
      await tidegate(['run'], { cwd: folder, env: { TIDEGATE_FAIL: 'run.beforeReport:1' } });
      const left = join(folder, '.tidegate', 'job', 'checkpoints', 'state', '1', '1');
      mkdirSync(left, { recursive: true });
      writeFileSync(join(left, 'x'), 'of its last checkpoint');
      await tidegate(['run'], { cwd: folder });
      assert.equal(existsSync(join(left, 'x')), false);
    }));

  it('runs when it is told where to begin', () =>
    inJob(async (folder) => {
      await tidegate(['run'], { cwd: folder, env: { TIDEGATE_FAIL: 'run.beforeReport:1' } });
      const { out } = await tidegate(['run', '--fresh'], { cwd: folder });
      assert.match(out, /2 alerts/);
    }));
});
