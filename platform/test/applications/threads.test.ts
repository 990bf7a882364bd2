/** `tidegate run` with more than one slot, as a process with threads: what is written, counted and said is the same. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, inFolder, jsonLines, lastLine, tidegate, until } from './child.js';

function application(ingress: string, parallelism: number, more = ''): string {
  return `
name: app
settings: { parallelism: ${parallelism}${more} }
ingresses:
  in:
    ${ingress}
    schema: { n: int, k: string, ts: timestamp }
    time: { field: ts }
tables:
  limits: { file: limits.csv, key: k, schema: { k: string, most: int } }
egresses:
  out: { file: out.jsonl }
  seen: { stdout: {}, format: json }
rules:
  pair:
    from: in
    key: k
    pattern: { within: 1h, skip: pastLastEvent, steps: [{ begin: a }, { followedBy: b }] }
    select: { first: a.n, second: b.n, most: "tables.limits[b.k].most" }
    to: [out, seen]
`;
}

const line = (n: number): string => `${JSON.stringify({ n, k: `k${n % 20}`, ts: 1_700_000_000_000 + n * 1000 })}\n`;
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => line(from + i)).join('');
const limits = (most: number): string => `k,most\n${Array.from({ length: 20 }, (_, k) => `k${k},${most}\n`).join('')}`;

describe('tidegate run with threads', function () {
  this.timeout(120_000);

  it('writes to files and streams, and counts, what it does with one slot', async () => {
    const results: { written: string[]; seen: string[]; summary: string }[] = [];
    for (const parallelism of [1, 4]) {
      await inFolder(async (folder) => {
        writeFileSync(join(folder, 'application.yaml'), application('stdin: {}', parallelism));
        writeFileSync(join(folder, 'limits.csv'), limits(7));
        const run = await tidegate(['run'], { cwd: folder, input: lines(0, 5000) });
        assert.equal(run.exitCode, 0, run.err);
        const written = jsonLines(join(folder, 'out.jsonl')).map((alert) => JSON.stringify(alert));
        results.push({ written: written.sort(), seen: run.out.split('\n').sort(), summary: run.err });
      });
    }
    assert.equal(lastLine(results[0]!.summary), '2500 alerts');
    assert.deepEqual(results[1], results[0]);
  });

  it('shows every thread a table that has changed', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'application.yaml'), application('stdin: {}', 4));
      writeFileSync(join(folder, 'limits.csv'), limits(7));
      const child = new Child(['run', '--quiet'], { cwd: folder });
      const alerts = (): Record<string, unknown>[] =>
        child.out
          .split('\n')
          .filter(Boolean)
          .map((text) => JSON.parse(text) as Record<string, unknown>);
      let sent = 0;
      const send = (): void => void child.process.stdin!.write(lines(sent, (sent += 40)));
      const latest = (): Set<unknown> =>
        new Set(
          alerts()
            .slice(-20)
            .map(({ most }) => most),
        );
      send();
      await until(() => alerts().length > 0, child);
      assert.deepEqual(latest(), new Set([7]));
      writeFileSync(join(folder, 'limits.csv'), limits(8));
      await until(() => {
        if (alerts().length >= sent / 2 - 60) send();
        return alerts().length >= 20 && latest().size === 1 && latest().has(8);
      }, child);
      child.process.stdin!.end();
      assert.equal((await child.finished).exitCode, 0);
    });
  });

  it('stops at a signal, and goes on where it was with another number of threads', async () => {
    await inFolder(async (folder) => {
      const count = 20_000;
      writeFileSync(join(folder, 'in.jsonl'), lines(0, count));
      writeFileSync(join(folder, 'limits.csv'), limits(7));
      const file = 'file: { path: in.jsonl, follow: true }';
      writeFileSync(join(folder, 'application.yaml'), application(file, 3, ', checkpoint: { interval: 100ms }'));
      const child = new Child(['run', '--quiet'], { cwd: folder });
      await until(() => child.out.split('\n').length > 100, child);
      child.process.kill('SIGINT');
      const stopped = await child.finished;
      assert.equal(stopped.exitCode, 0, stopped.err);
      writeFileSync(join(folder, 'application.yaml'), application('file: in.jsonl', 2));
      const rest = await tidegate(['run', '--quiet'], { cwd: folder });
      assert.equal(rest.exitCode, 0, rest.err);
      assert.match(rest.err, /resumed from checkpoint/);
      const firsts = jsonLines(join(folder, 'out.jsonl')).map(({ first }) => Number(first));
      assert.equal(new Set(firsts).size, firsts.length, 'nothing is written twice');
      assert.equal(firsts.length, count / 2);
    });
  });

  it('refuses a network memory that is too small for its channels, before it reads anything', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'application.yaml'), application('stdin: {}', 64, ', memory: { network: 1MiB }'));
      writeFileSync(join(folder, 'limits.csv'), limits(7));
      const run = await tidegate(['run'], { cwd: folder, input: lines(0, 10) });
      assert.equal(run.exitCode, 1);
      assert.match(run.err, /^error\[TG408\]: settings\.memory\.network is 1024 KiB/m);
      assert.throws(() => readFileSync(join(folder, 'out.jsonl')));
    });
  });

  it('says once that there is no RocksDB, though every thread finds out for itself', async () => {
    await inFolder(async (folder) => {
      writeFileSync(
        join(folder, 'without-rocksdb.cjs'),
        `const Module = require('node:module');
const load = Module._load;
Module._load = (name, ...rest) => {
  if (name.includes('@nxtedition/rocksdb')) throw new Error('there is none');
  return load(name, ...rest);
};`,
      );
      writeFileSync(join(folder, 'application.yaml'), application('stdin: {}', 4, ', state: { backend: rocksdb }'));
      writeFileSync(join(folder, 'limits.csv'), limits(7));
      const run = await tidegate(['run'], {
        cwd: folder,
        input: lines(0, 100),
        env: { NODE_OPTIONS: `--require ${join(folder, 'without-rocksdb.cjs')}` },
      });
      assert.equal(run.exitCode, 0, run.err);
      assert.equal(run.err.split('warning[TG425]').length - 1, 1, run.err);
      assert.equal(lastLine(run.err), '40 alerts');
    });
  });
});
