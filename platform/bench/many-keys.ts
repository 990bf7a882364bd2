/**
 * `npm run -s bench:many-keys -- 10000000 256`: row F76 of the fault matrix. So many keys with counters that live for an
 * hour, in a RocksDB store with a budget of so many MiB: all are written, a part of them is read and counted on half an
 * hour later, a checkpoint is taken, each key's count is checked, and when the others are expired the store's frames go
 * on until they are gone. Tells on stderr what the process takes as it goes; prints one JSON line, and exits with 1 when
 * a count is wrong, something expired is left, or the process grew by more than the budget and SLACK_MB: `storeMB` is
 * the most that the store itself counted, `rssMB` the most by which the process grew.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { filesOfKeyed } from '../src/checkpoint/snapshot-files.js';
import { boundHeapGrowth } from '../src/cli/runtime/heap-growth.js';
import { CheckpointFolder } from '../src/cli/storage/checkpoint-folder.js';
import { plainValueCodec } from '../src/state/codecs/plain-value-codec.js';
import { openRocksStore } from '../src/state/rocksdb/open-rocks-store.js';

const [keys, memoryMiB] = [Number(process.argv[2]), Number(process.argv[3])];
if (!(keys > 0) || !(memoryMiB > 0)) {
  console.error('usage: npm run -s bench:many-keys -- KEYS MEMORY_MIB');
  process.exit(2);
}

const FRAME = 500;
const COUNTED_AGAIN = 97;
const KEY_GROUPS = 128;
const MIB = 1024 * 1024;
/** The heap's own room to breathe, and memtables while they are flushed. */
const SLACK_MB = 200;
const HALF_AN_HOUR = 30 * 60_000;
/** Rows that a sweep of a store at rest looks at, and the frames between two. */
const SWEEP = { rows: 64, frames: 16 };
const TOLD_EVERY_MS = 5000;

boundHeapGrowth();
const folder = mkdtempSync(join(tmpdir(), 'tidegate-keys-'));
const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const before = process.memoryUsage.rss();
const began = performance.now();
const most = { store: 0, rss: 0 };
let now = 0;
let told = began;

const store = await openRocksStore({
  keyGroups: { first: 0, last: KEY_GROUPS - 1 },
  maxParallelism: KEY_GROUPS,
  clock: { now: () => now },
  yieldToEventLoop,
  folder: join(folder, 'store'),
  memoryBytes: memoryMiB * MIB,
  incarnation: 'many-keys',
});
const counters = store.value({
  owner: 'bench',
  name: 'counters',
  codec: plainValueCodec<number>(),
  ttl: { ms: 2 * HALF_AN_HOUR },
});

const inMB = (bytes: number): number => Math.round(bytes / 1e6);

async function rest(phase: string): Promise<void> {
  await yieldToEventLoop();
  const rss = process.memoryUsage.rss() - before;
  most.store = Math.max(most.store, store.memoryBytes);
  most.rss = Math.max(most.rss, rss);
  if (performance.now() < told + TOLD_EVERY_MS) return;
  told = performance.now();
  const seconds = Math.round((told - began) / 1000);
  console.error(`${seconds} s  ${phase}  grown by ${inMB(rss)} MB  store ${inMB(store.memoryBytes)} MB`);
}

/** @returns how many had another count than `expected` */
async function count(step: number, expected: number | undefined): Promise<number> {
  const frame: string[] = [];
  let wrong = 0;
  for (let start = 0; start < keys; start += FRAME * step) {
    frame.length = 0;
    for (let key = start; key < keys && frame.length < FRAME; key += step) frame.push(`customer-${key}`);
    counters.prefetch(frame, frame.length);
    for (const key of frame) {
      const value = counters.get(key);
      if (value !== expected) wrong++;
      counters.put(key, (value ?? 0) + 1);
    }
    store.drain();
    await rest('counting');
  }
  return wrong;
}

async function checkpoint() {
  const barrier = { checkpoint: 1, timestamp: 0, alignment: { mode: 'none' }, then: 'continue' } as const;
  const target = new CheckpointFolder(join(folder, 'checkpoints')).target(
    { epoch: 1, attempt: 1, task: 'bench', subtask: 0 },
    { ...barrier, type: 'checkpoint' },
  );
  const start = performance.now();
  const handle = await store.snapshot({ checkpoint: 1, type: 'checkpoint' }).persist(target);
  store.checkpointComplete(1);
  await rest('checkpoint');
  const files = filesOfKeyed(handle!);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { seconds: secondsSince(start), megabytes: inMB(bytes), files: files.length };
}

/** What is there of each key: 0 for nothing. */
async function countsOfAll(): Promise<Uint8Array> {
  const counts = new Uint8Array(keys);
  let rows = 0;
  for (const [key, told] of counters.scan({ ofValue: (value) => value, ofBytes: (bytes) => countOf(bytes) })) {
    counts[Number((key as string).slice('customer-'.length))]! += told;
    if (++rows % 100_000 === 0) await rest('checking');
  }
  return counts;
}

const { decode: countOf } = plainValueCodec<number>();
const secondsSince = (start: number): number => Math.round((performance.now() - start) / 100) / 10;
const perSecond = (events: number, start: number): number => Math.round((events / (performance.now() - start)) * 1000);
const wrongIn = (counts: Uint8Array, others: number): number =>
  counts.reduce((wrong, count, key) => wrong + Number(count !== (key % COUNTED_AGAIN === 0 ? 2 : others)), 0);

try {
  let start = performance.now();
  let wrong = await count(1, undefined);
  const firstPerSecond = perSecond(keys, start);

  now = HALF_AN_HOUR;
  start = performance.now();
  wrong += await count(COUNTED_AGAIN, 1);
  const againPerSecond = perSecond(keys / COUNTED_AGAIN, start);

  const shipped = await checkpoint();

  start = performance.now();
  wrong += wrongIn(await countsOfAll(), 1);
  const checkedPerSecond = perSecond(keys, start);

  // What was not counted again is expired, the rest not yet.
  now = 2.5 * HALF_AN_HOUR;
  start = performance.now();
  for (let frames = SWEEP.frames * (keys / SWEEP.rows + KEY_GROUPS); frames > 0; frames--) {
    store.drain();
    if (frames % FRAME === 0) await rest('sweeping');
  }
  const sweptPerSecond = perSecond(keys, start);
  // By an earlier clock nothing is expired: what shows is what the database holds.
  now = HALF_AN_HOUR;
  const notGone = wrongIn(await countsOfAll(), 0);

  const rssMB = inMB(most.rss);
  console.log(
    JSON.stringify({
      keys,
      memoryMiB,
      storeMB: inMB(most.store),
      rssMB,
      firstPerSecond,
      againPerSecond,
      checkpoint: shipped,
      checkedPerSecond,
      sweptPerSecond,
      seconds: secondsSince(began),
      wrong,
      notGone,
    }),
  );
  if (wrong > 0 || notGone > 0 || rssMB > (memoryMiB * MIB) / 1e6 + SLACK_MB) process.exitCode = 1;
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}
