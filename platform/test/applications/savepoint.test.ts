/** Savepoints, and runs that begin with saved state, as a user has them: by commands, in processes of their own. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wrap } from '../../src/checkpoint/bytes-envelope.js';
import { Child, inFolder, jsonLines, tidegate, until } from './child.js';
import { empty, fileIn, flip, remove, truncate, type Damage } from './damage.js';
import {
  application,
  finish,
  moveProject,
  refused,
  round,
  RULE,
  SEEN,
  start,
  stopped,
  type Settings,
} from './matching-project.js';

const EVENTS = 30_000;

const newer: Damage = (path) => writeFileSync(path, wrap(Buffer.from('of another form'), 99));

describe('a savepoint', function () {
  this.timeout(120_000);

  const moves: [from: Settings, to: Settings][] = [
    [{ backend: 'rocksdb' }, { backend: 'heap', parallelism: 3, maxParallelism: 60 }],
    [
      { backend: 'heap', parallelism: 3 },
      { backend: 'rocksdb', parallelism: 1, maxParallelism: 200 },
    ],
  ];
  for (const [from, to] of moves) {
    it(`F57: of ${from.backend} is moved to another folder and goes on on ${to.backend}, divided anew`, () =>
      inFolder(async (folder) => {
        const [old, fresh] = [join(folder, 'old'), join(folder, 'fresh')];
        await stopped(old, from);
        mkdirSync(fresh);
        moveProject(old, fresh);
        rmSync(old, { recursive: true });
        writeFileSync(join(fresh, 'application.yaml'), application(to));
        assert.match(
          await finish(fresh, ['--from', 'savepoint']),
          /resumed from the savepoint, now checkpoint \d+ of 2/,
        );
      }));
  }

  it('holds also what an egress has written and not shown yet, however much that is', () =>
    inFolder(async (folder) => {
      const [old, fresh] = [join(folder, 'old'), join(folder, 'fresh')];
      const numbers = Array.from({ length: EVENTS }, (_, n) => n);
      const events = numbers.map((n) => `${JSON.stringify({ n, k: 'k', ts: n })}\n`).join('');
      // No other checkpoint comes before, and stdout says when everything is read.
      const text = application({}, SEEN.replace('to: seen', 'to: [seen, said]'))
        .replace('interval: 100ms', 'interval: 1h')
        .replace('egresses: {', 'egresses: { said: { stdout: {}, format: json },');
      for (const project of [old, fresh]) {
        mkdirSync(project);
        writeFileSync(join(project, 'application.yaml'), text);
        writeFileSync(join(project, 'in.jsonl'), events);
      }
      const run = new Child(['run', '--quiet'], { cwd: old });
      await until(() => run.out.split('\n').length > EVENTS, run);
      const taken = (await tidegate(['savepoint'], { cwd: old })).out.trim();
      run.process.kill('SIGKILL');
      await run.finished;
      assert.ok(statSync(join(taken, '_metadata')).size > 256 * 1024, 'more than an egress holds in memory');
      cpSync(taken, join(fresh, 'savepoint'), { recursive: true });
      rmSync(old, { recursive: true });
      const next = new Child(['run', '--quiet', '--from', 'savepoint'], { cwd: fresh });
      await until(() => /resumed from the savepoint/.test(next.err), next);
      next.process.kill('SIGINT');
      assert.equal((await next.finished).exitCode, 0, next.err);
      assert.deepEqual(
        jsonLines(join(fresh, 'seen.jsonl')).map(({ n }) => n),
        numbers,
      );
    }));

  it('of a run that goes on is listed, and deleted when later checkpoints have taken its place', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'application.yaml'), application());
      writeFileSync(join(folder, 'in.jsonl'), round(0) + round(1));
      const run = await start(folder);
      const taken = (await tidegate(['savepoint'], { cwd: folder })).out.trim();
      assert.ok(existsSync(join(taken, '_metadata')), taken);
      const list = (await tidegate(['savepoint', '--list'], { cwd: folder })).out;
      const [, number = ''] = /^savepoint (\d+) /m.exec(list) ?? [];
      assert.ok(list.includes(taken) && /^checkpoint \d+/m.test(list), list);
      await until(() => !readdirSync(join(folder, '.tidegate/app/checkpoints/state/1')).includes(number), run);
      const deleted = await tidegate(['savepoint', '--delete', number], { cwd: folder });
      assert.equal(deleted.exitCode === 0, !existsSync(taken), deleted.err);
      run.process.kill('SIGINT');
      await run.finished;
    }));

  it('is refused where no run goes on', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'application.yaml'), application());
      writeFileSync(join(folder, 'in.jsonl'), '');
      const { exitCode, err } = await tidegate(['savepoint'], { cwd: folder });
      assert.equal(exitCode, 1);
      assert.match(err, /error\[TG442\]: no run of "app" goes on/);
    }));

  it('is taken of a run whose folder is too deep for a socket', () =>
    inFolder(async (folder) => {
      const deep = join(folder, 'd'.repeat(60), 'e'.repeat(60));
      await stopped(deep);
      assert.ok(existsSync(join(deep, 'savepoint/_metadata')));
    }));

  describe('that is damaged is refused, and nothing is processed', () => {
    const cases: [name: string, file: RegExp, damage: Damage, code: string][] = [
      ['F51: a flipped byte in its metadata', /^_metadata$/, flip, 'TG421'],
      ['F51: a flipped byte in its plan', /^plan$/, flip, 'TG421'],
      ['F51: a flipped byte in a state file', /keyed/, flip, 'TG421'],
      ['F52: a state file that is too short', /keyed/, truncate, 'TG421'],
      ['F52: a state file of no length', /keyed/, empty, 'TG421'],
      ['F55: a state file that is gone', /keyed/, remove, 'TG421'],
      ['F53: metadata that is too short', /^_metadata$/, truncate, 'TG421'],
      ['F59: of a newer version', /^_metadata$/, newer, 'TG422'],
    ];
    for (const [name, pattern, damage, code] of cases) {
      it(name, () =>
        withSavepoint(async (folder) => {
          damage(fileIn(join(folder, 'savepoint'), pattern));
          const { exitCode, err } = await refused(folder, ['--from', 'savepoint']);
          assert.equal(exitCode, 1);
          assert.ok(err.includes(`error[${code}]`), err);
        }),
      );
    }

    /** In a fresh project with a savepoint that was taken once, for all. */
    const withSavepoint = (body: (folder: string) => Promise<void>): Promise<void> =>
      inFolder(async (folder) => {
        moveProject(template, folder);
        writeFileSync(join(folder, 'application.yaml'), application());
        await body(folder);
      });
  });

  let template = '';
  let done: () => void = () => undefined;
  let removed: Promise<void> | undefined;
  before(async () => {
    await new Promise<void>((resolve, reject) => {
      removed = inFolder(async (folder) => {
        template = folder;
        await stopped(folder);
        resolve();
        await new Promise<void>((release) => (done = release));
      });
      removed.catch(reject);
    });
  });
  after(async () => {
    done();
    await removed;
  });
});

describe('a run that goes on', function () {
  this.timeout(120_000);

  it('says from which checkpoint, and of when', () =>
    inFolder(async (folder) => {
      await stopped(folder);
      assert.match(await finish(folder), /^resumed from checkpoint \d+ of \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m);
    }));

  it('with an edited application says what is kept, and refuses what has no place unless that is allowed', () =>
    inFolder(async (folder) => {
      await stopped(folder);
      const edited = RULE.replace('triple:', 'three:\n    renamedFrom: triple').replace('within: 1h', 'within: 2h');
      const text = application({}, edited).replace(', seen: { file: seen.jsonl }', '');
      writeFileSync(join(folder, 'application.yaml'), text);
      const { exitCode, err } = await refused(folder);
      assert.equal(exitCode, 1);
      assert.match(
        err,
        /error\[TG440\].*--allow-non-restored-state leaves them out:\n {2}egresses\.seen is not written/s,
      );
      const said = await finish(folder, ['--allow-non-restored-state']);
      assert.match(said, /kept:\n {4}rules\.three .*\n(.*\n)*resumed from checkpoint/);
    }));

  it('F57: with another maxParallelism is refused, where it goes on from a checkpoint', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'application.yaml'), application());
      writeFileSync(join(folder, 'in.jsonl'), round(0) + round(1));
      const run = await start(folder);
      run.process.kill('SIGKILL');
      await run.finished;
      writeFileSync(join(folder, 'application.yaml'), application({ maxParallelism: 64 }));
      const { exitCode, err } = await refused(folder);
      assert.equal(exitCode, 1);
      assert.match(err, /error\[TG441\]: .*write maxParallelism: 128/);
    }));

  it('F58: with a field of another type is refused before anything is processed', () =>
    inFolder(async (folder) => {
      await stopped(folder);
      writeFileSync(join(folder, 'application.yaml'), application({}, RULE + SEEN, 'string'));
      const { exitCode, err } = await refused(folder);
      assert.equal(exitCode, 1);
      assert.match(err, /error\[TG440\]: .*rules\.triple its partial matches are dropped: "in" has another schema/s);
    }));

  it('F51: from a damaged checkpoint is refused, and falls back to the one before only where that is allowed', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'application.yaml'), application());
      writeFileSync(join(folder, 'in.jsonl'), round(0) + round(1));
      const run = await start(folder);
      run.process.kill('SIGKILL');
      await run.finished;
      const log = join(folder, '.tidegate/app/checkpoints/log');
      flip(join(log, readdirSync(log).sort().at(-1)!));
      const { exitCode, err } = await refused(folder);
      assert.equal(exitCode, 1);
      assert.match(err, /error\[TG421\].*is damaged/);
      assert.match(await finish(folder, ['--allow-older-checkpoint']), /warning: .*is damaged.*\n(.*\n)*resumed from/);
    }));
});
