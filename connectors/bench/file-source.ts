/**
 * What reading a file through the source costs over a bare loop: `node connectors/dist/bench/file-source.js FILE.jsonl`
 * prints one JSON line. Both read the whole file and parse each line; runs take turns, and the medians count.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { PollResult } from '../src/api/index.js';
import { FileSource } from '../src/file/file-source.js';
import { json } from '../src/formats/index.js';

const RUNS = 5;
const POLL_BYTES = 64 * 1024;
const path = resolve(process.argv[2] ?? 'events.jsonl');

function bare(): number {
  const text = readFileSync(path, 'utf8');
  let records = 0;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    if (typeof JSON.parse(text.slice(start, end)) === 'object') records++;
    start = end + 1;
  }
  return records;
}

async function throughSource(): Promise<number> {
  const format = json.createFormat?.({ maxDocument: 1 }, { maxRecordBytes: 1024 * 1024, baseDir: '.' });
  if (format === undefined) throw new Error('json reads');
  const source = new FileSource({ path: [path], follow: false, pollInterval: 1 }, format, {
    job: 'bench',
    name: 'bench',
    baseDir: dirname(path),
    stateDir: dirname(path),
    now: () => Date.now(),
    schedule: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    fail: (error) => {
      throw error;
    },
  });
  const reader = source.createReader();
  let wake: () => void = () => undefined;
  reader.onAvailable(() => wake());
  reader.addSplits(await source.createEnumerator([]).discover());
  reader.noMoreSplits();
  let records = 0;
  for (let result: PollResult = reader.poll(POLL_BYTES); result.kind !== 'end'; result = reader.poll(POLL_BYTES)) {
    if (result.kind === 'empty') await new Promise<void>((resolved) => (wake = resolved));
    if (result.kind !== 'batch') continue;
    for (const payload of result.batch.payloads) if (typeof format.decode(payload) === 'object') records++;
  }
  await reader.close();
  return records;
}

async function perSecond(run: () => number | Promise<number>): Promise<{ records: number; eps: number }> {
  const start = performance.now();
  const records = await run();
  return { records, eps: Math.round((records / (performance.now() - start)) * 1000) };
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;

const parse: number[] = [];
const source: number[] = [];
let n = 0;
for (let run = 0; run <= RUNS; run++) {
  const parsed = await perSecond(bare);
  const read = await perSecond(throughSource);
  if (parsed.records !== read.records) throw new Error(`${parsed.records} records, but ${read.records} by the source`);
  n = read.records;
  // The first run warms up.
  if (run > 0) {
    parse.push(parsed.eps);
    source.push(read.eps);
  }
}
const parseEps = median(parse);
const eps = median(source);
console.log(JSON.stringify({ bench: 'file-source', n, eps, parseEps, ratio: Number((eps / parseEps).toFixed(3)) }));
