import assert from 'node:assert/strict';
import {
  appendFile,
  copyFile,
  mkdir,
  open as openFile,
  rename,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ConnectorError, type Format, type Source, type SourceSplit } from '../../src/api/index.js';
import { file } from '../../src/file/index.js';
import { json } from '../../src/formats/index.js';
import { configured } from '../support/configured.js';
import { createFormat } from '../support/formats.js';
import { createContext, type TestContext } from '../support/context.js';
import { open, readAll } from '../support/reading.js';

describe('the source file', function () {
  // Busy machines are slow.
  this.timeout(20_000);

  let context: TestContext;
  beforeEach(() => {
    context = createContext();
  });
  afterEach(() => context.remove());

  const write = async (name: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(join(context.baseDir, name, '..'), { recursive: true });
    await writeFile(join(context.baseDir, name), content);
  };
  const format = (options = {}): Format => createFormat(json, options);
  const source = (options: Record<string, unknown>, made = format()): Source => {
    assert.ok(file.source);
    return file.source.createSource(configured(file.source.options, { pollInterval: 1, ...options }), made, context);
  };
  const splits = async (path: string[]): Promise<string[]> =>
    (await source({ path }).createEnumerator([]).discover()).map(({ id }) => id);

  it('takes each file as a split, in the order of the names, however the globs overlap', async () => {
    for (const name of ['b.jsonl', 'a/2.jsonl', 'a/10.jsonl', 'a/deep/x.jsonl', 'a/x.csv']) await write(name, '');
    assert.deepEqual(await splits(['b.jsonl', 'a/**/*.jsonl', 'a/*.jsonl']), [
      'a/10.jsonl',
      'a/2.jsonl',
      'a/deep/x.jsonl',
      'b.jsonl',
    ]);
  });

  it('takes a name with glob characters as a name if there is such a file', async () => {
    await write('day[1].jsonl', '');
    assert.deepEqual(await splits(['day[1].jsonl']), ['day[1].jsonl']);
  });

  it('names the file that is not there, and the glob that finds nothing', async () => {
    const isNotFound = (pattern: RegExp) => (error: unknown) =>
      error instanceof ConnectorError && error.code === 'not-found' && pattern.test(error.message);
    await assert.rejects(
      splits(['missing.jsonl']),
      isNotFound(/^ingress events: there is no file .*\/missing\.jsonl$/),
    );
    await assert.rejects(splits(['*.jsonl']), isNotFound(/^ingress events: no file matches \*\.jsonl in /));
  });

  it('gives the records of one file after those of the other', async () => {
    await write('1.jsonl', '{"a":1}\n{"a":2}\n');
    await write('2.jsonl', '');
    await write('3.jsonl', '{"a":3}');
    assert.deepEqual(
      (await readAll(source({ path: ['*.jsonl'] }), context)).map(({ split, offset, payload }) => [
        split,
        offset,
        payload,
      ]),
      [
        ['1.jsonl', 0, '{"a":1}'],
        ['1.jsonl', 8, '{"a":2}'],
        ['3.jsonl', 0, '{"a":3}'],
      ],
    );
  });

  it('gives records that are longer than what is asked for at once, and goes on from between them', async () => {
    const long = `{"a":"${'x'.repeat(700_000)}"}`;
    await write('long.jsonl', `{"a":1}\n${long}\n{"a":2}\n${long}`);
    const polls = await open(source({ path: ['long.jsonl'] }), context, undefined, 1000);
    const lengthOf = ({ payload }: { payload: unknown }): number => String(payload).length;
    const before = await polls.records(2);
    const [position] = polls.reader.snapshot(1);
    const after = await polls.records(Infinity);
    await polls.reader.close();
    assert.deepEqual([...before, ...after].map(lengthOf), [7, long.length, 7, long.length]);
    assert.ok(position !== undefined);
    assert.deepEqual(
      (await readAll(source({ path: ['long.jsonl'] }), context, [position])).map(lengthOf),
      after.map(lengthOf),
    );
  });

  it('gives a compressed file the offsets of its decompressed bytes, from the middle too', async () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `{"index":${index}}\n`).join('');
    await write('plain.jsonl', lines);
    await write('packed.jsonl.gz', Buffer.concat([gzipSync(lines.slice(0, 5000)), gzipSync(lines.slice(5000))]));
    const plain = await readAll(source({ path: ['plain.jsonl'] }), context);
    assert.equal(plain.length, 100_000);
    for (const from of [0, 70_000]) {
      const packed = await readAll(source({ path: ['packed.jsonl.gz'] }), context, [
        { id: 'packed.jsonl.gz', offset: plain[from]?.offset ?? NaN },
      ]);
      assert.deepEqual(
        packed.map(({ offset, payload }) => [offset, payload]),
        plain.slice(from).map(({ offset, payload }) => [offset, payload]),
      );
    }
  });

  it('fails on a compressed file that is cut short', async () => {
    await write('cut.jsonl.gz', gzipSync('{"a":1}\n'.repeat(1000)).subarray(0, 30));
    await assert.rejects(
      readAll(source({ path: ['cut.jsonl.gz'] }), context),
      /cut\.jsonl\.gz: not a complete gzip file/,
    );
  });

  it('reads the records of a document, from the middle too', async () => {
    await write('quakes.json', '{"features":[{"id":1},{"id":2},{"id":3}]}');
    const made = format({ records: 'features[*]' });
    assert.deepEqual(
      (await readAll(source({ path: ['quakes.json'] }, made), context, [{ id: 'quakes.json', offset: 1 }])).map(
        ({ payload }) => payload,
      ),
      [{ id: 2 }, { id: 3 }],
    );
  });

  const changes: readonly [what: string, change: (path: string) => Promise<void>, outcome: RegExp | 'fine'][] = [
    [
      'is shorter',
      (path) => truncate(path, 20),
      /a\.jsonl is not the file that was read before: it had 39 bytes and has 20/,
    ],
    [
      'begins otherwise',
      (path) => writeFile(path, '{"b":1}\n'.repeat(9)),
      /is not the file.*its first bytes are others/,
    ],
    ['is gone', (path) => rm(path), /a\.jsonl: no such file/],
    ['has grown', (path) => appendFile(path, '{"a":6}\n'), 'fine'],
    [
      'is a copy',
      async (path) => {
        await copyFile(path, `${path}.copy`);
        await rename(`${path}.copy`, path);
      },
      'fine',
    ],
  ];
  for (const [what, change, outcome] of changes) {
    it(`${outcome === 'fine' ? 'goes on' : 'refuses to go on'} in a file that ${what}`, async () => {
      await write('a.jsonl', '{"a":1}\n{"a":2}\n{"a":3}\n{"a":4}\n{"a":5}');
      const polls = await open(source({ path: ['a.jsonl'] }), context, undefined, 1);
      await polls.records(2);
      const splits = polls.reader.snapshot(1);
      await polls.reader.close();
      await change(join(context.baseDir, 'a.jsonl'));
      const again = readAll(source({ path: ['a.jsonl'] }), context, splits);
      if (outcome === 'fine') assert.equal((await again)[0]?.payload, '{"a":3}');
      else await assert.rejects(again, outcome);
    });
  }

  it('F73: passes over a line of 100 MB without holding it', async () => {
    const piece = 'x'.repeat(1024 * 1024);
    await write('poison.jsonl', '{"a":1}\n{"a":"');
    for (let written = 0; written < 100; written++) await appendFile(join(context.baseDir, 'poison.jsonl'), piece);
    await appendFile(join(context.baseDir, 'poison.jsonl'), '"}\n{"a":2}\n');
    const before = process.memoryUsage().rss;
    let peak = 0;
    const polls = await open(source({ path: ['poison.jsonl'] }), context);
    const seen: unknown[] = [];
    for (let result = await polls.next(); result.kind !== 'end'; result = await polls.next()) {
      peak = Math.max(peak, process.memoryUsage().rss);
      if (result.kind === 'batch')
        seen.push(...result.batch.payloads.map((payload, index) => result.batch.bad?.get(index) ?? payload));
    }
    await polls.reader.close();
    assert.deepEqual(seen, ['{"a":1}', 'longer than 1048576 bytes', '{"a":2}']);
    assert.ok(peak - before < 50 * 1024 * 1024, `RSS grew by ${peak - before} bytes`);
  });

  describe('that follows', () => {
    it('gives what is appended, and a line only when it is whole', async () => {
      await write('log.jsonl', '{"a":1}\n{"a"');
      const polls = await open(source({ path: ['log.jsonl'], follow: true }), context);
      assert.deepEqual(
        (await polls.records(1)).map(({ payload }) => payload),
        ['{"a":1}'],
      );
      await appendFile(join(context.baseDir, 'log.jsonl'), ':2}\n');
      assert.deepEqual(await polls.records(1), [{ split: 'log.jsonl', offset: 8, payload: '{"a":2}' }]);
      await polls.reader.close();
    });

    it('reads a replaced file to its end and then its successor, with rising offsets', async () => {
      await write('log.jsonl', '{"a":1}\n');
      const polls = await open(source({ path: ['log.jsonl'], follow: true }), context);
      await polls.records(1);
      await write('next.jsonl', '{"a":4}\n{"a":5}\n');
      await appendFile(join(context.baseDir, 'log.jsonl'), '{"a":2}\n{"a":3}');
      await rename(join(context.baseDir, 'log.jsonl'), join(context.baseDir, 'log.jsonl.1'));
      await rename(join(context.baseDir, 'next.jsonl'), join(context.baseDir, 'log.jsonl'));
      assert.deepEqual(
        (await polls.records(4)).map(({ offset, payload }) => [offset, payload]),
        [
          [8, '{"a":2}'],
          [16, '{"a":3}'],
          [23, '{"a":4}'],
          [31, '{"a":5}'],
        ],
      );
      assert.match(context.lines.join(), /log\.jsonl was replaced/);
      await polls.reader.close();
    });

    it('reads a truncated file from its beginning', async () => {
      await write('log.jsonl', '{"a":1}\n{"a":2}\n');
      const polls = await open(source({ path: ['log.jsonl'], follow: true }), context);
      await polls.records(2);
      await truncate(join(context.baseDir, 'log.jsonl'), 0);
      await appendFile(join(context.baseDir, 'log.jsonl'), '{"a":3}\n');
      assert.deepEqual(await polls.records(1), [{ split: 'log.jsonl', offset: 16, payload: '{"a":3}' }]);
      await polls.reader.close();
    });

    describe('and was stopped', () => {
      const following = (): Source => source({ path: ['log.jsonl'], follow: true });
      const line = (number: number): string => `{"a":${number},"pad":"${'x'.repeat(100)}"}\n`;
      const lines = (from: number, to: number): string =>
        Array.from({ length: to - from }, (_, index) => line(from + index)).join('');
      const at = (name: string): string => join(context.baseDir, name);
      /** Reads some records of the file and gives the positions. */
      const readSome = async (count: number, splits?: readonly SourceSplit[]): Promise<readonly SourceSplit[]> => {
        const polls = await open(following(), context, splits, 1);
        await polls.records(count);
        const snapshot = polls.reader.snapshot(1);
        await polls.reader.close();
        // As it comes out of a checkpoint.
        return JSON.parse(JSON.stringify(snapshot)) as SourceSplit[];
      };
      const numbers = async (splits: readonly SourceSplit[], count: number): Promise<unknown[]> => {
        const polls = await open(following(), context, splits);
        const records = await polls.records(count);
        await polls.reader.close();
        return records.map(({ payload }) => (JSON.parse(String(payload)) as { a: number }).a);
      };

      it('goes on in the file that was rotated meanwhile, and then in all that followed it', async () => {
        await write('log.jsonl', lines(0, 50));
        const splits = await readSome(10);
        await rename(at('log.jsonl'), at('log.jsonl.1'));
        await appendFile(at('log.jsonl.1'), line(50));
        await write('log.jsonl', lines(51, 60));
        await utimes(at('log.jsonl.1'), 1000, 1000);
        await rename(at('log.jsonl.1'), at('log.jsonl.2'));
        await rename(at('log.jsonl'), at('log.jsonl.1'));
        await utimes(at('log.jsonl.1'), 2000, 2000);
        await write('log.jsonl', lines(60, 70));
        assert.deepEqual(
          await numbers(splits, 60),
          Array.from({ length: 60 }, (_, index) => 10 + index),
        );
      });

      it('goes on behind a rotation that it has seen', async () => {
        await write('log.jsonl', lines(0, 5));
        const polls = await open(following(), context, undefined, 1);
        await polls.records(5);
        await rename(at('log.jsonl'), at('log.jsonl.1'));
        await write('log.jsonl', lines(5, 20));
        await polls.records(3);
        const splits = polls.reader.snapshot(1);
        await polls.reader.close();
        const again = await readSome(2, splits);
        assert.deepEqual(await numbers(again, 10), [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
      });

      it('goes on in a copy of the file', async () => {
        await write('log.jsonl', lines(0, 100));
        const splits = await readSome(60);
        await copyFile(at('log.jsonl'), at('copy'));
        await rename(at('copy'), at('log.jsonl'));
        assert.deepEqual((await numbers(splits, 40))[0], 60);
      });

      it('says that the file is gone in which it must go on', async () => {
        await write('log.jsonl', lines(0, 50));
        const splits = await readSome(10);
        // Kept open, so that its inode is nobody else's.
        const held = await openFile(at('log.jsonl'));
        await rm(at('log.jsonl'));
        await write('log.jsonl', lines(50, 60));
        await assert.rejects(numbers(splits, 1), {
          code: 'corrupt',
          message: /log\.jsonl was replaced, and the file that was read up to byte \d+ is gone from its folder/,
        });
        await held.close();
      });

      it('says that a file that it must read was compressed', async () => {
        await write('log.jsonl', lines(0, 50));
        const splits = await readSome(10);
        await rename(at('log.jsonl'), at('log.jsonl.2'));
        await utimes(at('log.jsonl.2'), 1000, 1000);
        await write('log.jsonl.1.gz', gzipSync(lines(50, 60)));
        await write('log.jsonl', lines(60, 70));
        await assert.rejects(numbers(splits, 1), {
          code: 'corrupt',
          message: /log\.jsonl\.1\.gz, which nobody has read/,
        });
      });

      it('reads a file from its beginning that was truncated meanwhile', async () => {
        await write('log.jsonl', lines(0, 50));
        const splits = await readSome(10);
        await truncate(at('log.jsonl'), 0);
        await appendFile(at('log.jsonl'), lines(50, 52));
        assert.deepEqual(await numbers(splits, 2), [50, 51]);
        assert.match(context.lines.join(), /log\.jsonl was truncated/);
      });
    });

    it('refuses what cannot be followed', () => {
      assert.throws(() => source({ path: ['a.jsonl.gz'], follow: true }), /a compressed file cannot be followed/);
      assert.throws(
        () => source({ path: ['a.json'], follow: true }, format({ records: 'a[*]' })),
        /follow needs a format of one record a line/,
      );
    });
  });
});
