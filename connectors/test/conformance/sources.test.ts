import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Connector, Format, Source } from '../../src/api/index.js';
import { EventLog } from '../../src/event-log/event-log.js';
import { file } from '../../src/file/index.js';
import { csv, json, raw } from '../../src/formats/index.js';
import { generator } from '../../src/generator/index.js';
import { http } from '../../src/http/index.js';
import { StreamSource } from '../../src/stdin/stream-source.js';
import { configured } from '../support/configured.js';
import type { TestContext } from '../support/context.js';
import { createFormat } from '../support/formats.js';
import { itIsASource } from './source-conformance.js';

const RECORDS = 40_000;
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `{"index":${from + index},"text":"${'x'.repeat(110)}"}\n`).join('');

function create(connector: Connector, options: Record<string, unknown>, format: Format, context: TestContext): Source {
  assert.ok(connector.source);
  return connector.source.createSource(configured(connector.source.options, options), format, context);
}

itIsASource('file', { bounded: true, replayable: true }, async (context) => {
  for (const [index, part] of [0, 1, 2, 3].entries()) {
    writeFileSync(join(context.baseDir, `${part}.jsonl`), lines((index * RECORDS) / 4, ((index + 1) * RECORDS) / 4));
  }
  return { records: RECORDS, create: () => create(file, { path: ['*.jsonl'] }, createFormat(json), context) };
});

itIsASource('file, compressed,', { bounded: true, replayable: true }, async (context) => {
  writeFileSync(join(context.baseDir, 'all.jsonl.gz'), gzipSync(lines(0, RECORDS), { level: 1 }));
  return { records: RECORDS, create: () => create(file, { path: ['*.gz'] }, createFormat(json), context) };
});

itIsASource('file of CSV', { bounded: true, replayable: true }, async (context) => {
  const rows = Array.from({ length: RECORDS }, (_, index) => `${index},"${'x'.repeat(40)}\n${'y'.repeat(80)}"\n`).join(
    '',
  );
  writeFileSync(join(context.baseDir, 'all.csv'), `index,text\n${rows}`);
  return { records: RECORDS, create: () => create(file, { path: ['all.csv'] }, createFormat(csv), context) };
});

itIsASource('file that is followed', { bounded: false, replayable: true }, async (context) => {
  writeFileSync(join(context.baseDir, 'a.log'), lines(0, RECORDS / 2));
  writeFileSync(join(context.baseDir, 'b.log'), lines(RECORDS / 2, RECORDS));
  return {
    records: RECORDS,
    create: () => create(file, { path: ['*.log'], follow: true, pollInterval: 1 }, createFormat(raw), context),
  };
});

itIsASource('stdin', { bounded: true, replayable: false }, async (context) => {
  const text = lines(0, RECORDS);
  const chunks = Array.from({ length: Math.ceil(text.length / 65_536) }, (_, index) =>
    Buffer.from(text.slice(index * 65_536, (index + 1) * 65_536)),
  );
  return {
    records: RECORDS,
    create: () => new StreamSource(Readable.from(chunks), 'stdin', createFormat(json), context),
  };
});

itIsASource('generator', { bounded: true, replayable: true }, async (context) => ({
  records: RECORDS,
  create: () => {
    const fields = {
      id: { variant: { kind: 'sequence', value: { start: 0, step: 1 } } },
      amount: { variant: { kind: 'uniform', value: { min: 0, max: 10, decimals: 2 } } },
    };
    return create(generator, { count: RECORDS, fields }, createFormat(json), context);
  },
}));

itIsASource('http', { bounded: false, replayable: true }, async (context) => {
  const log = await EventLog.open(join(context.stateDir, 'log'));
  await log.append(lines(0, RECORDS).trimEnd().split('\n'));
  await log.close();
  return { records: RECORDS, create: () => create(http, { port: 0 }, createFormat(json), context) };
});
