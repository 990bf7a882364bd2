/** Faults of a run's process, threads and machine: rows F7, F8, F10, F54 and F63 to F65; its death at any instant is in test/crash. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, inFolder, jsonLines, tidegate, until } from '../applications/child.js';
import { fileIn, flip } from '../applications/damage.js';
import { application, finish, KEYS, round, RULE, SEEN, start } from '../applications/matching-project.js';
import { keyGroupOf, subtaskOf, toKey } from '../../src/record/key.js';

function writeProject(folder: string, text = application()): void {
  writeFileSync(join(folder, 'application.yaml'), text);
  writeFileSync(join(folder, 'in.jsonl'), round(0) + round(1));
}

/** From this number on an event takes the rule some 100 ms. */
const SLOW_FROM = 1000;
const SLOW_EVENTS = 400;
const SLOW = `
  slow:
    from: in
    key: k
    pattern:
      within: 1h
      steps:
        - begin: a
          where: n >= ${SLOW_FROM} && size(lists.range(700).map(x, lists.range(700).map(y, x * y + n))) > 0
        - followedBy: b
          where: n < 0
    to: out
`;

/** All for one slot, of as many as are before it and itself. */
function slowEvents(slot: number): string {
  const keys = Array.from({ length: 1000 }, (_, i) => `slow-${i}`).filter(
    (key) => subtaskOf(keyGroupOf(toKey(key)!, 128), 128, slot + 1) === slot,
  );
  const events = keys.slice(0, SLOW_EVENTS).map((k, i) => ({ n: SLOW_FROM + i, k, ts: 1_700_000_001_500 + i }));
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

/** What each of a run's slot threads does before anything else. */
function inSlotThreads(folder: string, script: string): Readonly<Record<string, string>> {
  const file = join(folder, 'preload.cjs');
  // Of all threads only those of slots begin with the job's graph.
  writeFileSync(file, `if (require('node:worker_threads').workerData?.graph !== undefined) {\n${script}\n}\n`);
  return { NODE_OPTIONS: `--require ${file}` };
}

/** More keys than fit into a very small heap. */
const MANY = 60_000;

const manyKeys = (): string =>
  Array.from({ length: MANY }, (_, i) => `{"n":0,"k":"x${i}","ts":1700000002000}\n`).join('');

/** What the next run says of one that could not say itself that it ended. */
const diedBefore = ({ process: { pid } }: Child): RegExp =>
  new RegExp(`warning: the run before this one \\(process ${pid}\\) was ended from outside: .* no memory left`);

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

  it('F10: has a thread that dies at each start fails with the cause when the restart strategy has had enough', () =>
    inFolder(async (folder) => {
      const restart = 'settings: { restart: { strategy: fixed-delay, attempts: 3, delay: 50ms },';
      writeProject(folder, application().replace('settings: {', restart));
      const env = inSlotThreads(folder, 'process.exit(3);');
      const { exitCode, err } = await tidegate(['run', '--quiet'], { cwd: folder, env });
      assert.equal(exitCode, 1, err);
      const cause = 'error[TG431]: the thread of slot 1 is lost: it ended with code 3';
      const again = `${cause}; trying again in 50ms`;
      assert.deepEqual(err.trim().split('\n'), [again, again, again, 'the job gives up after 3 restarts:', cause]);
      await finish(folder);
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

  for (const { slot, named } of [
    { slot: 0, named: /warning: ingresses\.in > .*patterns\..* has been at one step for 10 s in slot 0: .* kill -9/ },
    { slot: 1, named: /warning: patterns\.\S+ has been at one step for 10 s in slot 1: / },
  ]) {
    it(`F63: takes very long for a record in slot ${slot} says which task it is; another without that rule goes on`, () =>
      inFolder(async (folder) => {
        const patient = 'interval: 100ms, timeout: 1s, tolerableFailures: 1000';
        const text = application({ parallelism: slot + 1 }, RULE + SEEN).replace('interval: 100ms', patient);
        writeProject(folder, text + SLOW);
        const first = await start(folder);
        first.process.kill('SIGKILL');
        await first.finished;
        appendFileSync(join(folder, 'in.jsonl'), slowEvents(slot));
        const burning = new Child(['run', '--quiet'], { cwd: folder });
        await until(() => named.test(burning.err), burning);
        // Whoever leads the job is not held up by another slot.
        if (slot > 0) assert.match(burning.err, /checkpoint \d+ was given up: it was not complete after 1000 ms/);
        burning.process.kill('SIGKILL');
        await burning.finished;
        writeFileSync(join(folder, 'application.yaml'), text);
        await finish(folder, ['--allow-non-restored-state']);
        assert.equal(seen(folder), 4 * KEYS.length + SLOW_EVENTS);
      }));
  }

  it('F64: has no memory left dies with V8’s code and says so; its successor goes on', () =>
    inFolder(async (folder) => {
      writeProject(folder, application({ backend: 'heap', parallelism: 1 }));
      const run = await start(folder);
      run.process.kill('SIGKILL');
      await run.finished;
      appendFileSync(join(folder, 'in.jsonl'), manyKeys());
      const starved = new Child(['run', '--quiet'], { cwd: folder, env: { NODE_OPTIONS: '--max-old-space-size=20' } });
      const { exitCode, signal, err } = await starved.finished;
      assert.ok(exitCode === 134 || signal === 'SIGABRT', `${exitCode} ${signal}`);
      assert.match(err, /JavaScript heap out of memory/);
      assert.match(await finish(folder), diedBefore(starved));
      assert.equal(seen(folder), 4 * KEYS.length + MANY);
    }));

  it('F64: has a thread with no memory left starts again and says so', () =>
    inFolder(async (folder) => {
      writeProject(folder);
      const signal = join(folder, 'hog');
      const hog = `
        const { existsSync, rmSync } = require('node:fs');
        setInterval(() => {
          if (!existsSync(${JSON.stringify(signal)})) return;
          rmSync(${JSON.stringify(signal)});
          for (const held = []; ; ) held.push(new Array(100_000).fill(held.length));
        }, 20).unref();`;
      const { NODE_OPTIONS = '' } = inSlotThreads(folder, hog);
      const env = { NODE_OPTIONS: `${NODE_OPTIONS} --max-old-space-size=100` };
      const run = new Child(['run', '--quiet'], { cwd: folder, env });
      await until(() => seen(folder) === 2 * KEYS.length, run);
      writeFileSync(signal, '');
      await until(() => /resumed from checkpoint/.test(run.err), run);
      assert.match(run.err, /error\[TG431\]: the thread of slot 1 is lost: .*memory.*; trying again/);
      appendFileSync(join(folder, 'in.jsonl'), round(2) + round(3));
      await until(() => jsonLines(join(folder, 'out.jsonl')).length === KEYS.length, run);
      run.process.kill('SIGINT');
      assert.equal((await run.finished).exitCode, 0);
      assert.equal(seen(folder), 4 * KEYS.length);
    }));

  it('F64: is ended by the system, as the machine has no memory left, is gone on with by the next, which says so', function () {
    const group = '/sys/fs/cgroup/memory/tidegate-test';
    try {
      mkdirSync(group, { recursive: true });
      writeFileSync(join(group, 'memory.limit_in_bytes'), '100M');
    } catch {
      process.stderr.write('skipped: a control group of memory is not possible on this machine\n');
      return this.skip();
    }
    return inFolder(async (folder) => {
      writeProject(folder, application({ backend: 'heap', parallelism: 1 }));
      appendFileSync(join(folder, 'in.jsonl'), manyKeys());
      const below = ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', group];
      const starved = new Child(['run', '--quiet'], { cwd: folder, below });
      assert.equal((await starved.finished).signal, 'SIGKILL', starved.err);
      assert.match(await finish(folder), diedBefore(starved));
      assert.equal(seen(folder), 4 * KEYS.length + MANY);
    }).finally(() => rmdirSync(group));
  });

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
