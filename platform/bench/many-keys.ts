/**
 * `npm run -s bench:many-keys -- 10000000 256`: row F76 of the fault matrix. So many keys with counters in a RocksDB store
 * with a budget of so many MiB; each is written, then a part of all is read and counted on. Prints one JSON line, and
 * exits with 1 when a value is wrong or the process grew by more than the budget and SLACK_MB: `storeMB` is the most that
 * the store itself counted, `rssMB` the most by which the process grew.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { plainValueCodec } from '../src/state/codecs/plain-value-codec.js';
import { openRocksStore } from '../src/state/rocksdb/open-rocks-store.js';

const [keys, memoryMiB] = [Number(process.argv[2]), Number(process.argv[3])];
if (!(keys > 0) || !(memoryMiB > 0)) {
  console.error('usage: npm run -s bench:many-keys -- KEYS MEMORY_MIB');
  process.exit(2);
}

const FRAME = 500;
const READ_EVERY = 97;
const MIB = 1024 * 1024;
/** The heap's own room to breathe, and memtables while they are flushed. */
const SLACK_MB = 200;

const folder = mkdtempSync(join(tmpdir(), 'tidegate-keys-'));
const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const before = process.memoryUsage.rss();
const most = { store: 0, rss: 0 };
let wrong = 0;

const store = await openRocksStore({
  keyGroups: { first: 0, last: 127 },
  maxParallelism: 128,
  clock: { now: () => 0 },
  yieldToEventLoop,
  folder,
  memoryBytes: memoryMiB * MIB,
  incarnation: 'many-keys',
});
const counters = store.value({ owner: 'bench', name: 'counters', codec: plainValueCodec<number>() });

async function count(step: number, expected: number): Promise<void> {
  const frame: string[] = [];
  for (let start = 0; start < keys; start += FRAME * step) {
    frame.length = 0;
    for (let key = start; key < keys && frame.length < FRAME; key += step) frame.push(`customer-${key}`);
    counters.prefetch(frame, frame.length);
    for (const key of frame) {
      const value = counters.get(key) ?? 0;
      if (value !== expected) wrong++;
      counters.put(key, value + 1);
    }
    store.drain();
    await yieldToEventLoop();
    most.store = Math.max(most.store, store.memoryBytes);
    most.rss = Math.max(most.rss, process.memoryUsage.rss() - before);
  }
}

const start = performance.now();
try {
  await count(1, 0);
  const written = performance.now();
  await count(READ_EVERY, 1);
  const rssMB = Math.round(most.rss / 1e6);
  console.log(
    JSON.stringify({
      keys,
      memoryMiB,
      storeMB: Math.round(most.store / 1e6),
      rssMB,
      firstPerSecond: Math.round((keys / (written - start)) * 1000),
      againPerSecond: Math.round((keys / READ_EVERY / (performance.now() - written)) * 1000),
      wrong,
    }),
  );
  if (wrong > 0 || rssMB > (memoryMiB * MIB) / 1e6 + SLACK_MB) process.exitCode = 1;
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}
