/**
 * `npm run -s bench:checkpoint -- 1000000 0.01`: keyed state of so many keys with values of 100 bytes on RocksDB. Full
 * checkpoints until the database rests, then one after so large a part of the keys was changed, then a restore from it,
 * in a folder that is synced as in a run. Prints one JSON line:
 *
 * - `syncMs`: the longest time for which the store kept its thread during the last checkpoint: the barrier, or a slice
 *   of writing, or the freezing of the files;
 * - `maxLoopDelayMs`: the longest that the event loop stood still from the barrier until all was durable;
 * - `restoreMs`: from an empty folder to the first value read.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { filesOfKeyed } from '../src/checkpoint/snapshot-files.js';
import type { KeyedStateHandle, StateFile } from '../src/job/state-handle.js';
import { CheckpointFolder } from '../src/cli/storage/checkpoint-folder.js';
import type { AttemptId } from '../src/rpc/task-execution.js';
import { plainValueCodec } from '../src/state/codecs/plain-value-codec.js';
import type { SnapshotTarget } from '../src/state/keyed-snapshot.js';
import { openRocksStore, type RocksRestore } from '../src/state/rocksdb/open-rocks-store.js';
import type { RocksKeyedStore } from '../src/state/rocksdb/rocks-keyed-store.js';

const [keys, changed] = [Number(process.argv[2]), Number(process.argv[3])];
if (!(keys > 0) || !(changed >= 0 && changed <= 1)) {
  console.error('usage: npm run -s bench:checkpoint -- KEYS CHANGED (a part between 0 and 1)');
  process.exit(2);
}

const VALUE_BYTES = 100;
const KEYS_A_FRAME = 500;
const MEMORY_BYTES = 256 * 1024 * 1024;

const root = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
const checkpoints = new CheckpointFolder(join(root, 'checkpoints'));
const attempt: AttemptId = { epoch: 1, attempt: 1, task: 'bench', subtask: 0 };

class Stopwatch {
  /** Of the pieces that were measured, ms. */
  longest = 0;

  measure<T>(piece: () => T): T {
    const start = performance.now();
    try {
      return piece();
    } finally {
      this.longest = Math.max(this.longest, performance.now() - start);
    }
  }
}

const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function open(incarnation: string, restore?: RocksRestore): Promise<RocksKeyedStore> {
  return openRocksStore(
    {
      keyGroups: { first: 0, last: 127 },
      maxParallelism: 128,
      clock: { now: () => 0 },
      yieldToEventLoop,
      folder: join(root, incarnation),
      memoryBytes: MEMORY_BYTES,
      incarnation,
    },
    restore,
  );
}

const valuesOf = (store: RocksKeyedStore) =>
  store.value({ owner: 'bench', name: 'values', codec: plainValueCodec<Uint8Array>() });

/** A value that no compression makes smaller; another for each round. */
function valueOf(key: number, round: number): Uint8Array {
  const value = new Uint8Array(VALUE_BYTES);
  let seed = Math.imul(key + 1, 0x9e3779b1) ^ Math.imul(round + 1, 0x85ebca6b);
  for (let i = 0; i < VALUE_BYTES; i++) {
    seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    value[i] = seed >>> 24;
  }
  return value;
}

/** Ships through the folder, and counts. */
function counting(target: SnapshotTarget): SnapshotTarget & { readonly bytes: number } {
  let bytes = 0;
  const count = (file: StateFile): StateFile => {
    bytes += file.bytes;
    return file;
  };
  return {
    write: async (...parameters) => count(await target.write(...parameters)),
    share: async (...parameters) => count(await target.share(...parameters)),
    get bytes() {
      return bytes;
    },
  };
}

/** Writes every `step`th key anew. */
async function write(store: RocksKeyedStore, step: number, round: number): Promise<void> {
  const values = valuesOf(store);
  let written = 0;
  for (let key = 0; key < keys; key += step) {
    values.put(key, valueOf(key, round));
    if (++written % KEYS_A_FRAME === 0) {
      store.drain();
      await yieldToEventLoop();
    }
  }
}

async function checkpoint(store: RocksKeyedStore, number: number, base?: number) {
  const target = counting(
    checkpoints.target(attempt, {
      checkpoint: number,
      timestamp: 0,
      type: 'checkpoint',
      alignment: { mode: 'none' },
      then: 'continue',
    }),
  );
  const stopwatch = new Stopwatch();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const barrier = { checkpoint: number, type: 'checkpoint', ...(base === undefined ? {} : { base }) } as const;
  const snapshot = stopwatch.measure(() => store.snapshot(barrier));
  const persisted = snapshot.persist(target);
  let isDone = false;
  void persisted.finally(() => (isDone = true));
  while (!isDone) {
    // The task's frames go on; each saves a slice of what the barrier left.
    stopwatch.measure(() => store.drain());
    await yieldToEventLoop();
  }
  const handle = await persisted;
  delay.disable();
  store.checkpointComplete(number);
  return {
    handle: handle!,
    bytes: sizeOf(handle!),
    shipped: target.bytes,
    syncMs: stopwatch.longest,
    maxLoopDelayMs: delay.max / 1e6,
  };
}

const sizeOf = (handle: KeyedStateHandle): number => filesOfKeyed(handle).reduce((sum, { bytes }) => sum + bytes, 0);

/** With their lengths: some may be half-written. */
const tablesOf = ({ content }: KeyedStateHandle): string =>
  content.files
    .flatMap((part) => ('file' in part && part.local.endsWith('.sst') ? [`${part.local} ${part.file.bytes}`] : []))
    .join();

const round = (ms: number): number => Math.round(ms * 10) / 10;

try {
  const store = await open('first');
  await write(store, 1, 0);
  let number = 1;
  let full = await checkpoint(store, number);
  // What was written at once is still being sorted in the background; measured is a state at rest.
  for (let before = ''; before !== tablesOf(full.handle);) {
    before = tablesOf(full.handle);
    full = await checkpoint(store, ++number);
  }
  const step = changed === 0 ? keys : Math.round(1 / changed);
  await write(store, step, 1);
  const incremental = await checkpoint(store, ++number, number - 1);
  await store.close();

  const start = performance.now();
  const restored = await open('second', {
    checkpoint: number,
    handles: [incremental.handle],
    source: {
      async *read(file) {
        yield await checkpoints.read({ file });
      },
    },
  });
  const first = valuesOf(restored).get(0);
  const restoreMs = performance.now() - start;
  for (const key of [0, 1, keys - 1]) {
    const expected = valueOf(key, key % step === 0 ? 1 : 0);
    const read = key === 0 ? first : valuesOf(restored).get(key);
    if (read === undefined || Buffer.compare(read, expected) !== 0)
      throw new Error(`the value of ${key} was not restored`);
  }
  await restored.close();
  console.log(
    JSON.stringify({
      keys,
      changed,
      fullBytes: full.bytes,
      incrementalBytes: incremental.shipped,
      syncMs: round(incremental.syncMs),
      maxLoopDelayMs: round(incremental.maxLoopDelayMs),
      restoreMs: round(restoreMs),
    }),
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}
