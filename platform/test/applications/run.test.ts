/** `tidegate run` as a process: input, output, signals, failures. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, inFolder, jsonLines, lastLine, tidegate, until } from './child.js';

const PAIR = `
  pair:
    from: in
    pattern: { within: 1h, skip: pastLastEvent, steps: [{ begin: a }, { followedBy: b }] }
    select: { first: a.n, second: b.n }
    to: out
    key: k`;

const SCHEMA = `
    schema: { n: int, k: string, ts: timestamp }
    time: { field: ts }
    onBadRecord: { to: bad }`;

function application(ingress: string, rules: string, egresses = '  out: { file: out.jsonl }', more = ''): string {
  return `name: app\ningresses:\n  in:\n${ingress}${SCHEMA}\negresses:\n${egresses}\n  bad: { file: bad.jsonl }\nrules:${rules}\n${more}`;
}

const line = (n: number, k = 'x'): string => `${JSON.stringify({ n, k, ts: 1_700_000_000_000 + n * 1000 })}\n`;
const lines = (count: number): string => Array.from({ length: count }, (_, n) => line(n)).join('');

/** Runs the body in a folder that holds these files. */
async function withFiles(
  files: Readonly<Record<string, string>>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    await body(folder);
  });
}

describe('tidegate run', function () {
  this.timeout(60_000);

  it('reads standard input until it is closed', async () => {
    await withFiles({ 'application.yaml': application('    stdin: {}', PAIR) }, async (folder) => {
      const run = await tidegate(['run'], { cwd: folder, input: lines(10) });
      assert.equal(run.exitCode, 0, run.err);
      assert.equal(lastLine(run.out), '5 alerts');
      assert.deepEqual(
        jsonLines(join(folder, 'out.jsonl')).map(({ first, second }) => [first, second]),
        [
          [0, 1],
          [2, 3],
          [4, 5],
          [6, 7],
          [8, 9],
        ],
      );
    });
  });

  it('says "1 alerts" of a single alert: the last line is for programs', async () => {
    await withFiles({ 'application.yaml': application('    stdin: {}', PAIR) }, async (folder) => {
      assert.equal(lastLine((await tidegate(['run'], { cwd: folder, input: lines(2) })).out), '1 alerts');
    });
  });

  it('gives the same alert ids wherever the project lies', async () => {
    const files = {
      'application.yaml': application('    file: data/*.jsonl', PAIR),
      'data/a.jsonl': lines(5),
      'data/b.jsonl': lines(4),
    };
    const ids: unknown[] = [];
    for (const parallelism of ['1', '3']) {
      await withFiles(files, async (folder) => {
        const run = await tidegate(['run', folder, '--parallelism', parallelism]);
        assert.equal(run.exitCode, 0, run.err);
        ids.push(
          jsonLines(join(folder, 'out.jsonl'))
            .map(({ id }) => id)
            .sort(),
        );
      });
    }
    assert.deepEqual(ids[0], ids[1]);
    assert.equal((ids[0] as unknown[]).length, 4);
  });

  it('sorts unordered input, finds nothing left behind and leaves no temporary files', async () => {
    const text = application('    file: in.jsonl', PAIR).replace('field: ts', 'field: ts, order: unordered');
    const shuffled = Array.from({ length: 100 }, (_, n) => line((n * 37) % 100)).join('');
    await withFiles({ 'application.yaml': text, 'in.jsonl': shuffled }, async (folder) => {
      const run = await tidegate(['run'], { cwd: folder });
      assert.equal(lastLine(run.out), '50 alerts', run.err);
      const spilled = existsSync(join(folder, '.tidegate/app')) ? readdirSync(join(folder, '.tidegate/app')) : [];
      assert.deepEqual(
        spilled.filter((name) => name.startsWith('spill')),
        [],
      );
    });
  });

  it('F74: takes every odd value to its defined end: exact integers, dead letters, nothing lost', async () => {
    const corpus: readonly [text: string, outcome: 'read' | 'bad'][] = [
      ['{"n":9007199254740993,"k":"x","ts":1}', 'read'],
      ['{"n":-9223372036854775808,"k":"x","ts":1}', 'read'],
      ['{"n":9223372036854775808,"k":"x","ts":1}', 'bad'],
      ['{"n":-0,"k":"x","ts":1}', 'read'],
      ['{"n":1.5,"k":"x","ts":1}', 'bad'],
      ['{"n":NaN,"k":"x","ts":1}', 'bad'],
      ['{"n":null,"k":"x","ts":1}', 'bad'],
      ['{"n":1,"k":null,"ts":1}', 'bad'],
      ['{"n":1,"k":"\\ud800","ts":1}', 'read'],
      ['{"n":1,"k":"x","ts":1,"__proto__":{"a":1},"constructor":2}', 'read'],
      ['{"n":1,"k":"x","ts":1e300}', 'bad'],
      ['{"n":1,"k":"x"}', 'bad'],
      ['null', 'bad'],
      ['[]', 'bad'],
      ['{"n":1,', 'bad'],
    ];
    const text = application('    file: in.jsonl', '\n  all: { from: in, select: { n: n, k: k }, to: out }');
    await withFiles(
      { 'application.yaml': text, 'in.jsonl': corpus.map(([record]) => `${record}\n`).join('') },
      async (folder) => {
        const run = await tidegate(['run'], { cwd: folder });
        assert.equal(run.exitCode, 0, run.err);
        const bad = jsonLines(join(folder, 'bad.jsonl'));
        let position = 0;
        const offsets = corpus.map(([record]) => (position += record.length + 1) - record.length - 1);
        assert.deepEqual(
          bad.map(({ offset }) => offset),
          offsets.filter((_, i) => corpus[i]![1] === 'bad'),
        );
        for (const { reason } of bad) assert.ok(String(reason).length > 5);
        const read = readFileSync(join(folder, 'out.jsonl'), 'utf8').trimEnd().split('\n');
        assert.equal(read.length, corpus.filter(([, outcome]) => outcome === 'read').length);
        assert.match(read[0]!, /"n":9007199254740993\b/);
        assert.match(read[1]!, /"n":-9223372036854775808\b/);
      },
    );
  });

  it('F77: takes __proto__ as the name of a field and of what a rule selects', async () => {
    const text = application('    file: in.jsonl', '\n  all: { from: in, select: { __proto__: n }, to: out }').replace(
      'k: string',
      '__proto__: string, k: string',
    );
    const record = '{"n":1,"k":"x","__proto__":"p","ts":1700000000000}\n';
    await withFiles({ 'application.yaml': text, 'in.jsonl': record }, async (folder) => {
      assert.equal((await tidegate(['run'], { cwd: folder })).exitCode, 0);
      const [alert] = jsonLines(join(folder, 'out.jsonl'));
      assert.equal(Object.getOwnPropertyDescriptor(alert, '__proto__')?.value, 1);
      assert.equal(Object.getOwnPropertyDescriptor(alert?.['event'], '__proto__')?.value, 'p');
    });
  });

  it('F73: refuses a record beyond maxRecordSize, and reads what follows', async () => {
    const text = application('    file: in.jsonl', PAIR, undefined, 'settings: { maxRecordSize: 64KiB }\n');
    const huge = `{"n":1,"k":"${'x'.repeat(5_000_000)}","ts":1}\n`;
    await withFiles({ 'application.yaml': text, 'in.jsonl': line(1) + huge + line(2) }, async (folder) => {
      const run = await tidegate(['run'], { cwd: folder });
      assert.equal(lastLine(run.out), '1 alerts', run.err);
      assert.equal(jsonLines(join(folder, 'bad.jsonl')).length, 1);
      assert.ok(statSync(join(folder, 'bad.jsonl')).size < 10_000);
    });
  });

  it('F94: data cannot steer the terminal or break its lines', async () => {
    const text = application(
      '    file: in.jsonl',
      '\n  all: { from: in, to: out, message: "key {{ k }}" }',
      '  out: { stdout: {} }',
    );
    await withFiles({ 'application.yaml': text, 'in.jsonl': line(1, 'a\r\n\u001b[2J\u202eb') }, async (folder) => {
      const { out } = await tidegate(['run'], { cwd: folder });
      assert.match(out, /^ {2}key a\\u000d\\u000a\\u001b\[2J\\u202eb$/m);
      // eslint-disable-next-line no-control-regex -- what must not come through
      assert.doesNotMatch(out, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    });
  });

  it('takes records by HTTP POST, and goes on where it was after the process was killed', async () => {
    const text = application('    http: { port: 0, path: /events }', PAIR);
    await withFiles({ 'application.yaml': text }, async (folder) => {
      const start = async (): Promise<{ child: Child; url: string }> => {
        const child = new Child(['run'], { cwd: folder });
        await until(() => /listens on \S+/.test(child.err), child);
        return { child, url: /listens on (\S+)/.exec(child.err)?.[1] ?? '' };
      };
      const post = (url: string, body: string) =>
        fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/x-ndjson' } });
      const found = (): number => jsonLines(join(folder, 'out.jsonl')).length;

      const first = await start();
      assert.equal((await post(first.url, line(0) + line(1) + line(2))).status, 200);
      assert.equal((await post(first.url, 'no json\n')).status, 400);
      await until(() => found() === 1, first.child);
      first.child.process.kill('SIGKILL');
      await first.child.finished;

      const second = await start();
      await until(() => found() === 1, second.child);
      assert.equal((await post(second.url, line(3) + line(4))).status, 200);
      await until(() => found() === 2, second.child);
      second.child.process.kill('SIGINT');
      const run = await second.child.finished;
      // The run says what it has found itself; what is behind its checkpoint is not found again.
      assert.deepEqual([run.exitCode, lastLine(run.out)], [0, '1 alerts']);
      assert.equal(found(), 2);
    });
  });

  for (const [what, ingress, egress, used] of [
    ['its input', '    file: in.jsonl', '  out: { file: ./in.jsonl }', 'ingresses.in'],
    ['what its input’s glob matches', '    file: "*.jsonl"', '  out: { file: out.jsonl }', 'ingresses.in'],
    ['what a glob of some depth matches', '    file: ./**/*.jsonl', '  out: { file: a/b/out.jsonl }', 'ingresses.in'],
    [
      'a folder whose parts its input’s glob matches',
      '    file: "**/*.jsonl"',
      '  out: { file: out/ }',
      'ingresses.in',
    ],
    ['another egress’s file', '    file: in.jsonl', '  out: { file: bad.jsonl }', 'egresses.out'],
  ] as const) {
    it(`refuses to write over ${what}`, async () => {
      const text = application(ingress, PAIR, egress);
      await withFiles({ 'application.yaml': text, 'in.jsonl': lines(3) }, async (folder) => {
        const { exitCode, err } = await tidegate(['run'], { cwd: folder });
        assert.equal(exitCode, 1);
        assert.match(err, new RegExp(`^error\\[TG407\\]: .* which ${used} uses`, 'm'));
        assert.equal(readFileSync(join(folder, 'in.jsonl'), 'utf8'), lines(3));
      });
    });
  }

  it('prints JSON for programs on stdout, and the summary beside it', async () => {
    const text = application('    stdin: {}', PAIR, '  out: { stdout: {}, format: json }');
    await withFiles({ 'application.yaml': text }, async (folder) => {
      const run = await tidegate(['run'], { cwd: folder, input: lines(4) });
      assert.deepEqual(
        run.out
          .trimEnd()
          .split('\n')
          .map((text) => (JSON.parse(text) as { second: number }).second),
        [1, 3],
      );
      assert.equal(lastLine(run.err), '2 alerts');
    });
  });

  for (const [what, code, says, egresses] of [
    ['quietly when stdout was all it wrote to', 0, /^$/, '  out: { stdout: {} }'],
    [
      'with an error when another egress is left unfinished',
      1,
      /^error\[closed\]: stdout: the reader has gone/,
      '  out: { stdout: {} }\n  copy: { file: copy.jsonl }',
    ],
  ] as const) {
    it(`ends when nobody reads its stdout any more, ${what}`, async () => {
      const rules = `\n  all: { from: in, to: [${egresses.includes('copy') ? 'out, copy' : 'out'}] }`;
      const text = application('    file: in.jsonl', rules, egresses)
        .replace('onBadRecord: { to: bad }', 'onBadRecord: fail')
        .replace(/\n {2}bad: .*/, '');
      await withFiles({ 'application.yaml': text, 'in.jsonl': lines(20_000) }, async (folder) => {
        const child = new Child(['run'], { cwd: folder });
        child.process.stdout?.once('data', () => child.process.stdout?.destroy());
        const { exitCode, err } = await child.finished;
        assert.equal(exitCode, code);
        assert.match(err, says);
      });
    });
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`stops at ${signal}: what was read is written, the summary told, exit code 0`, async () => {
      const text = application('    file: { path: in.jsonl, follow: true, pollInterval: 20ms }', PAIR);
      await withFiles({ 'application.yaml': text, 'in.jsonl': lines(5) }, async (folder) => {
        const child = new Child(['run'], { cwd: folder });
        await until(() => jsonLines(join(folder, 'out.jsonl')).length === 2, child);
        appendFileSync(join(folder, 'in.jsonl'), line(5) + line(6));
        await until(() => jsonLines(join(folder, 'out.jsonl')).length === 3, child);
        child.process.kill(signal);
        const run = await child.finished;
        assert.deepEqual([run.exitCode, lastLine(run.out)], [0, '3 alerts']);
      });
    });
  }

  it('ends at a second signal when it cannot get rid of its output', async () => {
    const text = application('    file: in.jsonl', '\n  all: { from: in, to: out }', '  out: { stdout: {} }');
    await withFiles({ 'application.yaml': text, 'in.jsonl': lines(50_000) }, async (folder) => {
      const child = new Child(['run'], { cwd: folder });
      await new Promise<void>((resolve) => child.process.stdout?.once('data', () => resolve()));
      child.process.stdout?.pause();
      child.process.kill('SIGINT');
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(child.process.exitCode, null, 'it waits for whoever reads');
      child.process.kill('SIGINT');
      await new Promise((resolve) => child.process.once('exit', resolve));
      assert.equal(child.process.signalCode, 'SIGINT');
      child.process.stdout?.destroy();
    });
  });

  it('fails with the place of a bad record, exit code 1', async () => {
    const text = application('    file: in.jsonl', PAIR)
      .replace('onBadRecord: { to: bad }', 'onBadRecord: fail')
      .replace(/\n {2}bad: .*/, '');
    await withFiles({ 'application.yaml': text, 'in.jsonl': `${line(1)}{"n":\n` }, async (folder) => {
      const run = await tidegate(['run'], { cwd: folder });
      assert.equal(run.exitCode, 1);
      assert.match(
        lastLine(run.err),
        /^error\[TG401\]: ingresses\.in: bad record in in\.jsonl at offset \d+: not valid JSON/,
      );
    });
  });

  it('fails when an egress cannot be written, in one line that names it', async () => {
    const text = application('    file: in.jsonl', PAIR, '  out: { file: blocked/out.jsonl }');
    await withFiles(
      { 'application.yaml': text, 'in.jsonl': lines(4), blocked: 'a file, not a folder' },
      async (folder) => {
        const run = await tidegate(['run'], { cwd: folder });
        assert.equal(run.exitCode, 1);
        assert.match(lastLine(run.err), /^error\[\w+\]: .*blocked/);
      },
    );
  });

  it('fails when the disk is full and nothing says that it is to be tried again', async function () {
    if (!existsSync('/dev/full')) this.skip();
    await withFiles(
      {
        'application.yaml': application(
          '    file: in.jsonl',
          PAIR,
          '  out: { file: /dev/full }',
          'settings: { checkpoint: none }\n',
        ),
        'in.jsonl': lines(4),
      },
      async (folder) => {
        const run = await tidegate(['run'], { cwd: folder });
        assert.equal(run.exitCode, 1);
        assert.match(lastLine(run.err), /^error\[no-space\]: \/dev\/full: no space left to write \(ENOSPC\)/);
      },
    );
  });

  it('does not begin without its input, nor with a wrong row in a table', async () => {
    const table = 'tables:\n  names: { file: names.csv, key: k, schema: { k: string, age: int } }\n';
    const rule = '\n  all: { from: in, where: "tables.names[k].age > 3", to: out }';
    const text = application('    file: in.jsonl', rule, undefined, table);
    await withFiles({ 'application.yaml': text, 'names.csv': 'k,age\nx,4\ny,old\n' }, async (folder) => {
      const wrong = await tidegate(['run'], { cwd: folder });
      assert.equal(wrong.exitCode, 1);
      assert.match(lastLine(wrong.err), /^error\[TG404\]: tables\.names: .*names\.csv, row 2: field age is not int$/);
      writeFileSync(join(folder, 'names.csv'), 'k,age\nx,4\n');
      const missing = await tidegate(['run'], { cwd: folder });
      assert.equal(missing.exitCode, 1);
      assert.match(lastLine(missing.err), /^error\[not-found\]: .*in\.jsonl/);
    });
  });

  it('sees a table that changes while it runs, and keeps its rows when the new ones are wrong', async () => {
    const table = 'tables:\n  names: { file: names.csv, key: k, schema: { k: string, age: int } }\n';
    const rule = '\n  all: { from: in, where: "tables.names[k].age > 3", to: out }';
    const text = application('    file: { path: in.jsonl, follow: true, pollInterval: 20ms }', rule, undefined, table);
    await withFiles({ 'application.yaml': text, 'names.csv': 'k,age\nx,4\n', 'in.jsonl': line(1) }, async (folder) => {
      const child = new Child(['run'], { cwd: folder });
      await until(() => jsonLines(join(folder, 'out.jsonl')).length === 1, child);
      writeFileSync(join(folder, 'names.csv'), 'k,age\nx,wrong\n');
      await until(() => child.err.includes('tables.names: kept the rows from before'), child);
      writeFileSync(join(folder, 'names.csv'), 'k,age\nx,4\nnew,5\n');
      // Each new event asks the table; the first that finds the new row ends the wait.
      let n = 2;
      await until(() => {
        appendFileSync(join(folder, 'in.jsonl'), line(n++, 'new'));
        return jsonLines(join(folder, 'out.jsonl')).length > 1;
      }, child);
      child.process.kill('SIGTERM');
      assert.equal((await child.finished).exitCode, 0);
    });
  });

  const USAGE: readonly [words: string[], code: number, says: RegExp][] = [
    [['run', '--paralelism', '2'], 2, /unknown option --paralelism; did you mean --parallelism\?/],
    [['run', '--parallelism', '0'], 1, /^error\[TG406\]: --parallelism is "0"; expected 1 to 128/m],
    [['run', 'nowhere.yaml'], 1, /nowhere\.yaml/],
  ];
  for (const [words, code, says] of USAGE) {
    it(`answers ${words.join(' ')} with exit code ${code}`, async () => {
      await withFiles({ 'application.yaml': application('    stdin: {}', PAIR) }, async (folder) => {
        const run = await tidegate(words, { cwd: folder });
        assert.equal(run.exitCode, code);
        assert.match(run.err, says);
      });
    });
  }
});
