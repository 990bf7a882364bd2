/** Positions are exact: a job that is stopped anywhere, any number of times, reads each record of a source once. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import type { Format, Source, SourceFactory, SourceSplit } from '../../src/api/index.js';
import { EventLog } from '../../src/event-log/event-log.js';
import { file } from '../../src/file/index.js';
import { csv, json, lines, raw } from '../../src/formats/index.js';
import { generator } from '../../src/generator/index.js';
import { http } from '../../src/http/index.js';
import { configured } from '../support/configured.js';
import { createContext, type TestContext } from '../support/context.js';
import { createFormat } from '../support/formats.js';
import { open, recordsOf, type ReadRecord } from '../support/reading.js';

interface Case {
  /** Puts records of the given texts there; gives what makes a source over them. */
  prepare(texts: readonly string[], context: TestContext): Promise<() => Source>;
}

function create(
  factory: SourceFactory | undefined,
  options: Record<string, unknown>,
  format: Format,
  context: TestContext,
): Source {
  assert.ok(factory);
  return factory.createSource(configured(factory.options, options), format, context);
}

/** Two files, so that a stop between them is tried too. */
function ofFiles(ending: string, format: () => Format, encode: (texts: readonly string[]) => string | Buffer): Case {
  return {
    prepare: async (texts, context) => {
      const half = texts.length >> 1;
      writeFileSync(join(context.baseDir, `1${ending}`), encode(texts.slice(0, half)));
      writeFileSync(join(context.baseDir, `2${ending}`), encode(texts.slice(half)));
      return () => create(file.source, { path: [`*${ending}`] }, format(), context);
    },
  };
}

const jsonLines = (texts: readonly string[]): string =>
  texts.map((text) => `${JSON.stringify({ text })}\r\n\n`).join('');

const CASES: Readonly<Record<string, Case>> = {
  'lines of JSON': ofFiles('.jsonl', () => createFormat(json), jsonLines),
  'lines of JSON after a byte order mark': ofFiles(
    '.jsonl',
    () => createFormat(json),
    (texts) => `\ufeff${jsonLines(texts)}`,
  ),
  'compressed lines of JSON': ofFiles(
    '.jsonl.gz',
    () => createFormat(json),
    (texts) => gzipSync(jsonLines(texts)),
  ),
  'a JSON document': ofFiles(
    '.json',
    () => createFormat(json, { records: 'list[*]' }),
    (texts) => JSON.stringify({ list: texts.map((text) => ({ text })) }),
  ),
  'CSV, with line ends in quotes': ofFiles(
    '.csv',
    () => createFormat(csv),
    (texts) => ['n,text', ...texts.map((text, index) => `${index},"${text.replaceAll('"', '""')}\n"`)].join('\n'),
  ),
  'compressed CSV': ofFiles(
    '.csv.gz',
    () => createFormat(csv),
    (texts) => gzipSync(['n', ...texts.map((_text, index) => `${index}`)].join('\n')),
  ),
  'lines that fit an expression, and others': ofFiles(
    '.log',
    () => createFormat(lines, { pattern: '(?<a>a+)' }),
    (texts) => texts.map((text) => `${JSON.stringify(text)}\n`).join(''),
  ),
  'lines without a last line end': ofFiles(
    '.log',
    () => createFormat(raw),
    (texts) => texts.map((text) => JSON.stringify(text)).join('\n'),
  ),
  'a file that is followed': {
    prepare: async (texts, context) => {
      writeFileSync(join(context.baseDir, 'a.log'), texts.map((text) => `${JSON.stringify(text)}\n`).join(''));
      return () => create(file.source, { path: ['a.log'], follow: true, pollInterval: 1 }, createFormat(raw), context);
    },
  },
  'generated records': {
    prepare: async (texts, context) => {
      const fields = { id: { variant: { kind: 'sequence', value: { start: 0, step: 1 } } } };
      return () => create(generator.source, { count: texts.length, fields }, createFormat(json), context);
    },
  },
  'records that were sent by HTTP': {
    prepare: async (texts, context) => {
      const log = await EventLog.open(join(context.stateDir, 'log'), 200);
      for (const text of texts) await log.append([JSON.stringify({ text })]);
      await log.close();
      return () => create(http.source, { port: 0 }, createFormat(json), context);
    },
  },
};

/** Reads on from some splits for a number of polls (or to the end), and gives what a checkpoint then holds. */
async function readOn(
  source: Source,
  context: TestContext,
  splits: readonly SourceSplit[] | undefined,
  { polls, maxBytes, records }: { readonly polls: number; readonly maxBytes: number; readonly records: number },
): Promise<{ readonly read: readonly ReadRecord[]; readonly splits: readonly SourceSplit[] }> {
  const reading = await open(source, context, splits, maxBytes);
  const read: ReadRecord[] = [];
  for (let polled = 0; polled < polls; polled++) {
    // An unbounded source only waits when it has given everything.
    if (source.boundedness === 'unbounded' && read.length === records) break;
    const result = await reading.next();
    if (result.kind === 'end') break;
    if (result.kind === 'batch') read.push(...recordsOf(result));
  }
  const snapshot = reading.reader.snapshot(1);
  reading.reader.notifyComplete(1);
  await reading.reader.close();
  // As it comes out of a checkpoint.
  return { read, splits: JSON.parse(JSON.stringify(snapshot)) as SourceSplit[] };
}

describe('positions in a checkpoint', function () {
  // Busy machines are slow.
  this.timeout(60_000);

  for (const [name, { prepare }] of Object.entries(CASES)) {
    it(`${name}: a stop anywhere loses no record and gives none twice`, async () => {
      /** The same, read without a stop. */
      const inOne = async (given: readonly string[]): Promise<readonly ReadRecord[]> => {
        const context = createContext();
        const source = await prepare(given, context);
        const all = { polls: Infinity, maxBytes: 1e6, records: given.length };
        const { read } = await readOn(source(), context, undefined, all);
        await context.remove();
        return read;
      };
      const texts = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('a'.repeat(300))), {
        maxLength: 40,
      });
      const stops = fc.array(fc.record({ polls: fc.nat(12), maxBytes: fc.constantFrom(1, 40, 500) }), { maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(texts, stops, async (given, chosen) => {
          const context = createContext();
          try {
            const source = await prepare(given, context);
            const pieces: ReadRecord[] = [];
            let splits: readonly SourceSplit[] | undefined;
            for (const stop of [...chosen, { polls: Infinity, maxBytes: 100 }]) {
              const records = given.length - pieces.length;
              const part = await readOn(source(), context, splits, { ...stop, records });
              pieces.push(...part.read);
              splits = part.splits;
            }
            assert.deepEqual(pieces, await inOne(given));
            assert.deepEqual(context.failures, []);
          } finally {
            await context.remove();
          }
        }),
        { numRuns: 25 },
      );
    });
  }
});
