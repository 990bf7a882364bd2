/** Faults of disks and limits under a whole run: rows F45 to F50 and F56. See also connectors/test/file/sink/disk-faults.test.ts. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, inFolder, jsonLines, until } from '../applications/child.js';
import { application, finish, KEYS, round } from '../applications/matching-project.js';
import { needs } from './machine.js';
import { OWN_MOUNTS, SmallDisk, type Part } from './small-disk.js';

/** Fails fast and often: what is looked at is how it goes on. */
const IMPATIENT = 'restart: { strategy: fixed-delay, attempts: 100000, delay: 100ms }';

function writeProject(folder: string, settings = IMPATIENT, interval = '100ms'): void {
  const text = application()
    .replace('settings: {', `settings: { stateDir: state, ${settings},`)
    .replace('interval: 100ms', `interval: ${interval}`);
  writeFileSync(join(folder, 'application.yaml'), text);
  writeFileSync(join(folder, 'in.jsonl'), round(0));
}

const seen = (folder: string): number => jsonLines(join(folder, 'seen.jsonl')).length;

/** All matches are found, each once, by a run that has had what it needs again. */
async function goesOn(folder: string, run: Child): Promise<void> {
  appendFileSync(join(folder, 'in.jsonl'), round(2) + round(3));
  await until(() => jsonLines(join(folder, 'out.jsonl')).length >= KEYS.length && seen(folder) >= 4 * KEYS.length, run);
  const found = jsonLines(join(folder, 'out.jsonl')).map(({ k, first, last }) => [k, first, last]);
  assert.deepEqual(found.sort(), KEYS.map((k) => [k, 0, 2]).sort());
  assert.equal(seen(folder), 4 * KEYS.length);
}

describe('a run whose disk', function () {
  this.timeout(120_000);

  const full: [row: string, part: Part][] = [
    ['F45, F47: of checkpoints is full', 'checkpoints'],
    ['F46: of databases is full', 'databases'],
    ['F45, F46, F47: of everything is full', 'all'],
  ];
  for (const [row, part] of full) {
    it(`${row} says so, and goes on when there is space`, function () {
      needs(this, 'a mount namespace', ...OWN_MOUNTS, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt');
      return inFolder(async (folder) => {
        writeProject(folder);
        const disk = new SmallDisk(folder, part);
        await until(() => seen(folder) === KEYS.length, disk.run);
        await disk.fill();
        appendFileSync(join(folder, 'in.jsonl'), round(1));
        await until(() => /ENOSPC|the disk is full/.test(disk.run.err), disk.run);
        // A restart may have made room by itself where it was its own databases that filled the disk.
        if (part !== 'databases')
          assert.equal(seen(folder), KEYS.length, 'nothing is put out that no checkpoint holds');
        await disk.free();
        await goesOn(folder, disk.run);
        await disk.stop();
      });
    });
  }

  it('F56: is full for 500 checkpoints keeps nothing of them', function () {
    needs(this, 'a mount namespace', ...OWN_MOUNTS, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt');
    return inFolder(async (folder) => {
      writeProject(folder, 'restart: none', '10ms, tolerableFailures: 100000');
      const disk = new SmallDisk(folder, 'checkpoints');
      await until(() => seen(folder) === KEYS.length, disk.run);
      await disk.fill();
      const givenUp = (): Set<string> =>
        new Set([...disk.run.err.matchAll(/^checkpoint (\d+) was given up/gm)].map(([, number]) => number ?? ''));
      await until(() => givenUp().size >= 500, disk.run);
      await disk.free();
      appendFileSync(join(folder, 'in.jsonl'), round(1));
      await goesOn(folder, disk.run);
      // Swept away behind the next checkpoints, while the run goes on.
      const leftOf = async (): Promise<string[]> =>
        (await disk.files()).filter((name) => {
          const [, checkpoint = ''] = /^checkpoints\/state\/\d+\/(\d+)\//.exec(name) ?? [];
          return givenUp().has(checkpoint) || name.includes('.tmp-');
        });
      let left = await leftOf();
      for (let looks = 0; left.length > 0 && looks < 100; looks++) left = await leftOf();
      assert.deepEqual(left, []);
      await disk.stop();
    });
  });

  it('F50: is read-only says so, and goes on when it can be written', function () {
    needs(this, 'a mount namespace', ...OWN_MOUNTS, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt');
    return inFolder(async (folder) => {
      writeProject(folder);
      const disk = new SmallDisk(folder, 'checkpoints');
      await until(() => seen(folder) === KEYS.length, disk.run);
      await disk.readOnly();
      appendFileSync(join(folder, 'in.jsonl'), round(1));
      await until(() => /EROFS|[Rr]ead-only/.test(disk.run.err), disk.run);
      await disk.writable();
      await goesOn(folder, disk.run);
      await disk.stop();
    });
  });

  it('F49: may have few files open says so, and its successor goes on', function () {
    const limit = ['prlimit', '--nofile=35', '--'];
    needs(this, 'prlimit --nofile', ...limit, 'true');
    return inFolder(async (folder) => {
      writeProject(folder, 'restart: none');
      appendFileSync(join(folder, 'in.jsonl'), round(1));
      const { exitCode, err } = await new Child(['run', '--quiet'], { cwd: folder, below: limit }).finished;
      assert.equal(exitCode, 1, err);
      assert.match(err, /error\[\w+\]: .*(EMFILE|[Tt]oo many open files)/);
      assert.doesNotMatch(err, /\n\s+at /, 'no stack');
      await finish(folder);
      assert.equal(seen(folder), 4 * KEYS.length);
    });
  });

  it('F45, F49: has no room even for its lock says so in a word, and its successor goes on', function () {
    const limit = ['prlimit', '--fsize=10', '--'];
    needs(this, 'prlimit --fsize', ...limit, 'true');
    return inFolder(async (folder) => {
      writeProject(folder);
      appendFileSync(join(folder, 'in.jsonl'), round(1));
      const { exitCode, err } = await new Child(['run', '--quiet'], { cwd: folder, below: limit }).finished;
      assert.equal(exitCode, 1, err);
      assert.match(err, /^error\[TG423\]: could not open the job's state in \S+state: EFBIG.*\. Free space .*\n$/);
      assert.deepEqual(readdirSync(join(folder, 'state')), []);
      await finish(folder);
      assert.equal(seen(folder), 4 * KEYS.length);
    });
  });

  it('F49: may have no large files says so and waits, and its successor goes on', function () {
    const limit = ['prlimit', '--fsize=3000', '--'];
    needs(this, 'prlimit --fsize', ...limit, 'true');
    return inFolder(async (folder) => {
      writeProject(folder);
      appendFileSync(join(folder, 'in.jsonl'), round(1));
      const limited = new Child(['run', '--quiet'], { cwd: folder, below: limit });
      await until(() => /EFBIG|[Ff]ile too large/.test(limited.err), limited);
      limited.process.kill('SIGKILL');
      await limited.finished;
      await finish(folder);
      assert.equal(seen(folder), 4 * KEYS.length);
    });
  });

  for (const pass of [1, 4, 9, 17]) {
    it(`F48: fails at the ${pass}th sync has not lost anything in the end`, function () {
      needs(this, 'fault injection by strace', ...injecting(1), 'true');
      return inFolder(async (folder) => {
        writeProject(folder);
        appendFileSync(join(folder, 'in.jsonl'), round(1));
        const run = new Child(['run', '--quiet'], { cwd: folder, below: injecting(pass) });
        await until(() => /EIO|Input\/output error/.test(run.err) || seen(folder) === 2 * KEYS.length, run);
        kill(folder);
        await run.finished;
        await finish(folder);
        assert.equal(seen(folder), 4 * KEYS.length);
      });
    });
  }
});

/** The run itself, and not the command that it runs below. */
function kill(folder: string): void {
  const lock = join(folder, 'state', 'lock');
  if (!existsSync(lock)) return;
  const { pid } = JSON.parse(readFileSync(lock, 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
}

/** Lets the n-th fsync or fdatasync of a command fail, and every fifth from there. */
function injecting(pass: number): readonly string[] {
  const inject = `inject=fsync,fdatasync:error=EIO:when=${pass}+5`;
  return ['strace', '-f', '-qq', '-e', 'trace=fsync,fdatasync', '-e', inject, '-o', '/dev/null'];
}
