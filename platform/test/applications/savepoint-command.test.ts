/** `tidegate savepoint` beyond taking one: drained, refused, deleted; what a run does that is asked for one. */
import assert from 'node:assert/strict';
import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Child, inFolder, jsonLines, tidegate, until, type Finished } from './child.js';
import { application, finish, KEYS, round, SEEN, start } from './matching-project.js';

const ABSENCE = `
  silence:
    from: in
    key: k
    pattern: { within: 1h, steps: [{ begin: a, where: n == 1 }, { notFollowedBy: b }] }
    select: { k: key(), n: a.n }
    to: out`;

/** A running project in the middle of its matches. */
async function running(folder: string, rules?: string): Promise<Child> {
  writeFileSync(join(folder, 'application.yaml'), application({}, rules));
  writeFileSync(join(folder, 'in.jsonl'), round(0) + round(1));
  const run = await start(folder);
  started.push(run);
  return run;
}

/** Ended with their test, however that goes. */
const started: Child[] = [];

const savepoint = (folder: string, ...args: string[]): Promise<Finished> =>
  tidegate(['savepoint', ...args], { cwd: folder });

async function interrupted(run: Child): Promise<Finished> {
  run.process.kill('SIGINT');
  const finished = await run.finished;
  assert.equal(finished.exitCode, 0, finished.err);
  return finished;
}

describe('tidegate savepoint', function () {
  this.timeout(120_000);
  afterEach(() => started.splice(0).forEach((run) => run.process.kill('SIGKILL')));

  it('--drain makes due what waits for time, and ends the run', () =>
    inFolder(async (folder) => {
      const run = await running(folder, SEEN + ABSENCE);
      assert.deepEqual(jsonLines(join(folder, 'out.jsonl')), []);
      const { out, err } = await savepoint(folder, '--drain');
      assert.ok(existsSync(join(out.trim(), '_metadata')), err);
      assert.equal((await run.finished).exitCode, 0);
      const silent = jsonLines(join(folder, 'out.jsonl')).map(({ k }) => k);
      assert.deepEqual(silent.sort(), [...KEYS].sort());
      // What was made due was put out before the savepoint, which holds nothing of it any more.
      const again = new Child(['run', '--quiet', '--from', out.trim()], { cwd: folder });
      await until(() => again.err.includes('resumed from the savepoint'), again);
      await interrupted(again);
      assert.equal(jsonLines(join(folder, 'out.jsonl')).length, KEYS.length);
    }));

  it('--stop ends the run with the very state of the savepoint', () =>
    inFolder(async (folder) => {
      const run = await running(folder);
      const { out } = await savepoint(folder, '--stop');
      assert.equal((await run.finished).exitCode, 0);
      const [number = ''] = /\d+(?=-\d+\/$)/.exec(out.trim()) ?? [];
      assert.match(await finish(folder, ['--from', number]), /resumed from the savepoint/);
    }));

  for (const flag of ['', '--stop']) {
    it(`${flag} that cannot be written says why, and the run goes on as it was`.trim(), () =>
      inFolder(async (folder) => {
        const run = await running(folder);
        const inTheWay = join(folder, '.tidegate/app/checkpoints/savepoints');
        writeFileSync(inTheWay, 'no folder');
        const { exitCode, err } = await savepoint(folder, ...[flag].filter(Boolean));
        assert.equal(exitCode, 1);
        assert.match(err, /error\[TG443\]: no savepoint was taken: .*savepoints/);
        rmSync(inTheWay);
        const { out } = await savepoint(folder);
        assert.ok(existsSync(join(out.trim(), '_metadata')), run.err);
        await interrupted(run);
        assert.doesNotMatch(run.err, /trying again/);
        await finish(folder);
      }),
    );
  }

  it('that the storage does not take waits for it, and the run says so', () =>
    inFolder(async (folder) => {
      const run = await running(folder, SEEN);
      const inTheWay = join(folder, '.tidegate/app/checkpoints/savepoints');
      writeFileSync(inTheWay, 'no folder');
      const asked = savepoint(folder, '--drain');
      await until(() => /warning: the checkpoint storage fails, and is asked again: .*ENOTDIR/.test(run.err), run);
      rmSync(inTheWay);
      const { out, err } = await asked;
      assert.ok(existsSync(join(out.trim(), '_metadata')), err);
      assert.equal((await run.finished).exitCode, 0);
    }));

  it('of a run that is being stopped with one already is answered', () =>
    inFolder(async (folder) => {
      const run = await running(folder);
      const both = await Promise.all([savepoint(folder, '--stop'), savepoint(folder, '--stop')]);
      assert.equal((await run.finished).exitCode, 0);
      const [taken, refused] = both.sort((a, b) => Number(a.exitCode) - Number(b.exitCode));
      assert.ok(existsSync(join(taken!.out.trim(), '_metadata')), taken!.err);
      assert.match(refused!.err, /error\[TG44[23]\]/);
    }));

  describe('--delete', () => {
    /** A savepoint of a run that could go on from it. @returns its folder and number */
    async function taken(folder: string): Promise<[path: string, number: string]> {
      const path = (await savepoint(folder)).out.trim();
      return [path, /\d+(?=-\d+\/$)/.exec(path)?.[0] ?? ''];
    }
    const isNeeded = async (folder: string, number: string): Promise<boolean> =>
      (await savepoint(folder, '--list')).out.includes(`\ncheckpoint ${number} `);

    it('refuses what the job could go on from, and deletes it when later checkpoints have taken its place', () =>
      inFolder(async (folder) => {
        const run = await running(folder);
        const [path, number] = await taken(folder);
        run.process.kill('SIGKILL');
        await run.finished;
        assert.ok(await isNeeded(folder, number));
        const early = await savepoint(folder, '--delete', number);
        assert.match(early.err, /error\[TG444\]/);
        assert.ok(existsSync(join(path, '_metadata')));
        const again = new Child(['run', '--quiet'], { cwd: folder });
        while (await isNeeded(folder, number)) assert.equal(again.process.exitCode, null, again.err);
        const { out } = await savepoint(folder, '--delete', number);
        assert.equal(out, `deleted ${path}\n`);
        assert.ok(!existsSync(path));
        await interrupted(again);
        const gone = await savepoint(folder, '--delete', number);
        assert.match(gone.err, /error\[TG421\]: this job has no savepoint/);
      }));

    it('keeps what a run has begun with, for as long as it runs', () =>
      inFolder(async (folder) => {
        const first = await running(folder);
        const [path, number] = await taken(folder);
        await interrupted(first);
        const run = new Child(['run', '--quiet', '--from', number], { cwd: folder });
        await until(() => run.err.includes('resumed from the savepoint'), run);
        const { err } = await savepoint(folder, '--delete', number);
        assert.match(err, /error\[TG444\]: the run has begun with savepoint/);
        assert.ok(existsSync(join(path, '_metadata')));
        await interrupted(run);
      }));

    it('waits for nobody: where a run has the folder and does not answer, it is refused', () =>
      inFolder(async (folder) => {
        const run = await running(folder);
        const [path, number] = await taken(folder);
        rmSync(join(folder, '.tidegate/app/control'));
        const { err } = await savepoint(folder, '--delete', number);
        assert.match(err, /error\[TG409\]/);
        assert.ok(existsSync(join(path, '_metadata')));
        await interrupted(run);
      }));
  });
});

describe('a savepoint of a project that was moved without its output', function () {
  this.timeout(120_000);

  it('is refused where records would be missing from a file; goes on in a file of another name', () =>
    inFolder(async (folder) => {
      const [old, fresh] = [join(folder, 'old'), join(folder, 'fresh')];
      mkdirSync(old);
      const run = await running(old);
      await savepoint(old, '--stop', '--to', join(fresh, 'savepoint'));
      await run.finished;
      const text = application();
      writeFileSync(join(fresh, 'application.yaml'), text);
      linkSync(join(old, 'in.jsonl'), join(fresh, 'in.jsonl'));
      const { exitCode, err } = await tidegate(['run', '--quiet', '--from', 'savepoint'], { cwd: fresh });
      assert.equal(exitCode, 1);
      assert.match(
        err,
        /seen\.jsonl is not there, but \d+ bytes .*put it back \(.*\), give the egress another path, or/,
      );
      assert.ok(!readdirSync(fresh).includes('seen.jsonl'), dirname(fresh));
      // Nothing had been written to the other one, so it begins anew.
      writeFileSync(join(fresh, 'application.yaml'), text.replace('seen.jsonl', 'seen-here.jsonl'));
      await finish(fresh, ['--from', 'savepoint']);
      const seen = jsonLines(join(fresh, 'seen-here.jsonl')).map(({ n }) => n);
      assert.ok(!seen.includes(0) && !seen.includes(1), 'what was put out before is not put out again');
    }));
});
