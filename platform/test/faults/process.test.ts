/** Faults of a run's process and machine: rows F7, F8, F54, F64 and F65; its death at any instant is in test/crash. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, inFolder, jsonLines, tidegate, until } from '../applications/child.js';
import { fileIn, flip } from '../applications/damage.js';
import { application, finish, KEYS, round, start } from '../applications/matching-project.js';

function writeProject(folder: string, text = application()): void {
  writeFileSync(join(folder, 'application.yaml'), text);
  writeFileSync(join(folder, 'in.jsonl'), round(0) + round(1));
}

/** More keys than fit into a very small heap. */
const MANY = 60_000;

const seen = (folder: string): number => jsonLines(join(folder, 'seen.jsonl')).length;

describe('a run whose process', function () {
  this.timeout(120_000);

  it('F8: is stopped for a while goes on as if nothing had been', () =>
    inFolder(async (folder) => {
      writeProject(folder);
      const run = await start(folder);
      run.process.kill('SIGSTOP');
      appendFileSync(join(folder, 'in.jsonl'), round(2) + round(3));
      // A run of somebody else in the meantime is refused: the folder is held.
      const other = await tidegate(['run', '--quiet'], { cwd: folder });
      assert.match(other.err, /error\[TG409\]/);
      run.process.kill('SIGCONT');
      await until(() => jsonLines(join(folder, 'out.jsonl')).length === KEYS.length, run);
      run.process.kill('SIGINT');
      assert.equal((await run.finished).exitCode, 0);
      assert.doesNotMatch(run.err, /trying again|resumed/);
    }));

  it('F7: is taken for dead changes nothing of what its successor has written, when it goes on', () =>
    inFolder(async (folder) => {
      writeProject(folder);
      const zombie = await start(folder);
      zombie.process.kill('SIGSTOP');
      // Against all advice: the lock says that it lives.
      rmSync(join(folder, '.tidegate/app/lock'));
      await finish(folder);
      const [out, seenThen] = [readFileSync(join(folder, 'out.jsonl'), 'utf8'), seen(folder)];
      zombie.process.kill('SIGCONT');
      const { exitCode, err } = await zombie.finished;
      assert.equal(exitCode, 1, err);
      assert.equal(readFileSync(join(folder, 'out.jsonl'), 'utf8'), out);
      assert.equal(seen(folder), seenThen);
    }));

  it('F54: is killed goes on whatever lies in its databases', () =>
    inFolder(async (folder) => {
      writeProject(folder);
      const run = await start(folder);
      run.process.kill('SIGKILL');
      await run.finished;
      const databases = join(folder, '.tidegate/app/databases');
      for (const kind of [/\.log$/, /MANIFEST/, /CURRENT$/]) flip(fileIn(databases, kind));
      await finish(folder);
    }));

  it('F64: has no memory left dies with V8’s code and says so; its successor goes on', () =>
    inFolder(async (folder) => {
      writeProject(folder, application({ backend: 'heap', parallelism: 1 }));
      const run = await start(folder);
      run.process.kill('SIGKILL');
      await run.finished;
      const many = Array.from({ length: MANY }, (_, i) => `{"n":0,"k":"x${i}","ts":1700000002000}\n`).join('');
      appendFileSync(join(folder, 'in.jsonl'), many);
      const starved = new Child(['run', '--quiet'], { cwd: folder, env: { NODE_OPTIONS: '--max-old-space-size=20' } });
      const { exitCode, signal, err } = await starved.finished;
      assert.ok(exitCode === 134 || signal === 'SIGABRT', `${exitCode} ${signal}`);
      assert.match(err, /JavaScript heap out of memory/);
      const again = new Child(['run', '--quiet'], { cwd: folder });
      appendFileSync(join(folder, 'in.jsonl'), round(2) + round(3));
      await until(() => jsonLines(join(folder, 'out.jsonl')).length === KEYS.length, again);
      again.process.kill('SIGINT');
      assert.equal((await again.finished).exitCode, 0);
      assert.equal(seen(folder), 4 * KEYS.length + MANY);
    }));

  it('F65: has a tenth of a processor is slow, and nothing else', async function () {
    const group = '/sys/fs/cgroup/cpu/tidegate-test';
    try {
      mkdirSync(group, { recursive: true });
      writeFileSync(join(group, 'cpu.cfs_period_us'), '100000');
      writeFileSync(join(group, 'cpu.cfs_quota_us'), '10000');
    } catch {
      process.stderr.write('skipped: a control group of processors is not possible on this machine\n');
      return this.skip();
    }
    try {
      await inFolder(async (folder) => {
        writeProject(folder);
        const below = ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', group];
        const run = new Child(['run', '--quiet'], { cwd: folder, below });
        await until(() => seen(folder) === 2 * KEYS.length, run);
        run.process.kill('SIGINT');
        assert.equal((await run.finished).exitCode, 0);
        assert.doesNotMatch(run.err, /trying again|lost/);
        await finish(folder);
      });
    } finally {
      if (existsSync(group)) rmdirSync(group);
    }
  });
});
