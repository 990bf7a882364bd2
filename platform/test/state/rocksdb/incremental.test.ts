import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOfKeyed } from '../../../src/checkpoint/snapshot-files.js';
import { TidegateError } from '../../../src/common/errors.js';
import type { KeyedStateHandle } from '../../../src/job/state-handle.js';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import type { SnapshotTarget } from '../../../src/state/keyed-snapshot.js';
import { LOG_BYTES_MAX, TAIL_BYTES_MAX } from '../../../src/state/rocksdb/frozen-files.js';
import type { RocksKeyedStore } from '../../../src/state/rocksdb/rocks-keyed-store.js';
import { MemoryCheckpoints } from '../memory-checkpoints.js';
import { RocksFixture } from './fixture.js';

const KEYS = 40_000;
/** The number of whatever is restored. */
const RESTORED = 100;
const valuesOf = (store: RocksKeyedStore) =>
  store.value({ owner: 'o', name: 'values', codec: plainValueCodec<string>() });

/** Enough for several tables: a memtable holds a megabyte. */
function fill(store: RocksKeyedStore, round: number, step = 1): void {
  const values = valuesOf(store);
  for (let key = 0; key < KEYS; key += step) {
    values.put(key, `${round}/${key}/`.padEnd(150, '.'));
    if (key % 500 === 0) store.drain();
  }
}

function check(store: RocksKeyedStore, rounds: (key: number) => number): void {
  const values = valuesOf(store);
  for (let key = 0; key < KEYS; key += 37)
    assert.equal(values.get(key)?.startsWith(`${rounds(key)}/${key}/`), true, `key ${key}`);
}

const namesOf = (handle: KeyedStateHandle): string[] => filesOfKeyed(handle).map(({ name }) => name);

const tablesOf = (handle: KeyedStateHandle): string[] => namesOf(handle).filter((name) => name.endsWith('.sst'));

/** By their names in the database. */
const localTablesOf = ({ content }: KeyedStateHandle): string[] => {
  assert.ok(content.format === 'rocksdb');
  return content.files.map(({ local }) => local).filter((name) => name.endsWith('.sst'));
};

const isCoded = (code: string) => (error: unknown) => error instanceof TidegateError && error.code === code;

describe('incremental checkpoints of RocksDB', function () {
  this.timeout(120_000);
  const fixture = new RocksFixture();
  after(() => fixture.cleanUp());
  let storage: MemoryCheckpoints;
  let store: RocksKeyedStore;

  beforeEach(async () => {
    storage = new MemoryCheckpoints();
    store = await fixture.open({ memoryBytes: 4_000_000 });
  });
  afterEach(() => store.close());

  const take = async (checkpoint: number, base?: number, from = store): Promise<KeyedStateHandle> => {
    const barrier = { checkpoint, type: 'checkpoint', ...(base === undefined ? {} : { base }) } as const;
    return (await from.snapshot(barrier).persist(storage.target(`chk-${checkpoint}`)))!;
  };

  /** Whole checkpoints until the background has nothing more to sort: the tables are the same ones several times. */
  const atRest = async (): Promise<{ readonly checkpoint: number; readonly handle: KeyedStateHandle }> => {
    let [tables, times] = ['', 0];
    for (let checkpoint = 1; ; checkpoint++) {
      const handle = await take(checkpoint);
      store.checkpointComplete(checkpoint);
      const found = localTablesOf(handle).toSorted().join();
      times = found === tables ? times + 1 : 0;
      tables = found;
      if (times === 3) return { checkpoint, handle };
    }
  };

  const restored = async (
    handle: KeyedStateHandle,
    assertions: (restored: RocksKeyedStore) => void | Promise<void>,
  ) => {
    const other = await fixture.open(
      { memoryBytes: 4_000_000 },
      { checkpoint: RESTORED, handles: [handle], source: storage },
    );
    try {
      await assertions(other);
    } finally {
      await other.close();
    }
  };

  it('ship what changed since the last complete one, and restore the whole', async () => {
    fill(store, 0);
    const { checkpoint } = await atRest();
    fill(store, 1, 100);
    const before = storage.shipped;
    const handle = await take(checkpoint + 1, checkpoint);
    const shipped = storage.shipped - before;
    assert.ok(shipped < (KEYS / 100) * 250, `${shipped} bytes for ${KEYS / 100} keys`);
    await restored(handle, (other) => check(other, (key) => (key % 100 === 0 ? 1 : 0)));
  });

  it('F55: never refer to files of a checkpoint that was given up, or of which nothing is known', async () => {
    fill(store, 0);
    const { checkpoint, handle } = await atRest();
    const complete = new Set(namesOf(handle));
    fill(store, 1, 2);
    const given = namesOf(await take(checkpoint + 1, checkpoint));
    fill(store, 2, 3);
    const unknown = namesOf(await take(checkpoint + 2, checkpoint));
    store.checkpointAborted(checkpoint + 1);
    const forbidden = new Set([...given, ...unknown].filter((name) => !complete.has(name)));
    assert.ok(forbidden.size > 2);
    const next = namesOf(await take(checkpoint + 3, checkpoint));
    assert.deepEqual(
      next.filter((name) => forbidden.has(name)),
      [],
    );
    assert.ok(
      next.some((name) => complete.has(name)),
      'nothing was referred to',
    );
  });

  it('build on the base that their barrier names, also where no word of it has come', async () => {
    fill(store, 0);
    const { checkpoint } = await atRest();
    fill(store, 1, 100);
    const base = await take(checkpoint + 1, checkpoint);
    fill(store, 2, 200);
    const before = storage.shipped;
    const handle = await take(checkpoint + 2, checkpoint + 1);
    const shipped = storage.shipped - before;
    assert.ok(shipped < (KEYS / 200) * 250, `${shipped} bytes for ${KEYS / 200} keys`);
    const shared = new Set(namesOf(handle));
    assert.ok(namesOf(base).some((name) => name.startsWith(`chk-${checkpoint + 1}/`) && shared.has(name)));
    await restored(handle, (other) => check(other, (key) => (key % 200 === 0 ? 2 : key % 100 === 0 ? 1 : 0)));
  });

  it('F55: never refer to files of a checkpoint that is older than their base: it is perhaps no longer kept', async () => {
    fill(store, 0);
    const { checkpoint, handle } = await atRest();
    const old = new Set(namesOf(handle));
    const next = await take(checkpoint + 2, checkpoint + 1);
    assert.deepEqual(
      namesOf(next).filter((name) => old.has(name)),
      [],
    );
    await restored(next, (other) => check(other, () => 0));
  });

  it('are whole where their barrier names no base', async () => {
    fill(store, 0);
    const { checkpoint, handle } = await atRest();
    const old = new Set(namesOf(handle));
    assert.deepEqual(
      namesOf(await take(checkpoint + 1)).filter((name) => old.has(name)),
      [],
    );
  });

  it('go on from those of the attempt before', async () => {
    fill(store, 0);
    const { checkpoint } = await atRest();
    const handle = await take(RESTORED, checkpoint);
    await restored(handle, async (other) => {
      valuesOf(other).put('new', 'x');
      const before = storage.shipped;
      const next = await take(RESTORED + 1, RESTORED, other);
      const shipped = storage.shipped - before;
      const known = new Set(namesOf(handle));
      // What the database sorts anew while it is opened is shipped as well: how much, is a matter of time.
      const [again, own] = [filesOfKeyed(next).filter(({ name }) => known.has(name)), filesOfKeyed(next)];
      const bytesOf = (files: readonly { readonly bytes: number }[]): number =>
        files.reduce((sum, { bytes }) => sum + bytes, 0);
      assert.equal(shipped, bytesOf(own) - bytesOf(again));
      assert.ok(again.filter(({ name }) => name.endsWith('.sst')).length >= tablesOf(handle).length / 2);
      await restored(next, (third) => {
        assert.equal(valuesOf(third).get('new'), 'x');
        check(third, () => 0);
      });
    });
  });

  it('ship the log alone while tables are flushed and sorted behind it', async () => {
    fill(store, 0);
    const { checkpoint, handle } = await atRest();
    // As much again as there was: several memtables.
    fill(store, 1);
    const before = storage.shipped;
    const next = await take(checkpoint + 1, checkpoint);
    const shipped = storage.shipped - before;
    assert.deepEqual(new Set(tablesOf(next)), new Set(tablesOf(handle)));
    assert.ok(shipped < KEYS * 200, `${shipped} bytes for ${KEYS} keys`);
    await restored(next, (other) => check(other, () => 1));
    const whole = await take(checkpoint + 2);
    assert.notDeepEqual(localTablesOf(whole), localTablesOf(handle), 'nothing was flushed');
  });

  it('take the tables when the logs have grown long, and restore the whole whichever they take', async () => {
    fill(store, 0);
    let { checkpoint, handle } = await atRest();
    let taken = 0;
    for (let round = 1; round <= 5; round++) {
      fill(store, round);
      const tables = new Set(tablesOf(handle));
      handle = await take(checkpoint + 1, checkpoint);
      store.checkpointComplete(++checkpoint);
      if (tablesOf(handle).some((name) => !tables.has(name))) taken++;
      await restored(handle, (other) => check(other, () => round));
    }
    assert.ok(taken >= 1 && taken <= 4, `${taken} of 5`);
  });

  it('take the tables when a log that they need is gone', async () => {
    const options = fixture.options({ memoryBytes: 4_000_000 });
    const other = await fixture.open(options);
    fill(other, 0);
    await take(1, undefined, other);
    other.checkpointComplete(1);
    for (let round = 1; round <= 4; round++) fill(other, round);
    const archive = join(options.folder, 'db', 'archive');
    const kept = (): number => readdirSync(archive).reduce((sum, name) => sum + statSync(join(archive, name)).size, 0);
    // Logs come into the archive when the tables are there that they stand for, which is not known here.
    do {
      for (let frame = 0; frame < 1024; frame++) other.drain();
      await new Promise((resolve) => setImmediate(resolve));
    } while (kept() > LOG_BYTES_MAX);
    const next = await take(2, 1, other);
    await restored(next, (again) => check(again, () => 4));
    await other.close();
  });

  it('keep the number of parts of a log bounded', async () => {
    const other = await fixture.open({ memoryBytes: 256_000_000 });
    let handle: KeyedStateHandle | undefined;
    for (let checkpoint = 1; checkpoint <= 50; checkpoint++) {
      valuesOf(other).put(checkpoint, `0/${checkpoint}/`.padEnd(TAIL_BYTES_MAX, '.'));
      handle = await take(checkpoint, checkpoint - 1, other);
      other.checkpointComplete(checkpoint);
    }
    assert.ok(namesOf(handle!).length <= 40, `${namesOf(handle!).length} files`);
    await restored(handle!, (again) => {
      for (let key = 1; key <= 50; key++) assert.ok(valuesOf(again).get(key)?.startsWith(`0/${key}/`));
    });
    await other.close();
  });

  it('keep the short end of the log with their metadata, and nothing else', async () => {
    fill(store, 0);
    let { checkpoint } = await atRest();
    const inFiles: number[] = [];
    for (let round = 1; round <= 40; round++) {
      const before = storage.files.size;
      fill(store, round, 200);
      const handle = await take(checkpoint + 1, checkpoint);
      store.checkpointComplete(++checkpoint);
      if (storage.files.size > before) inFiles.push(round);
      const ends = handle.content.files.filter((part) => 'inline' in part);
      assert.ok(ends.length <= 1, `${ends.length} ends`);
      if (round % 20 === 0) await restored(handle, (other) => check(other, (key) => (key % 200 === 0 ? round : 0)));
    }
    // 200 entries of some 170 bytes: every other time it is too long for the metadata.
    assert.ok(inFiles.length >= 10 && inFiles.length <= 35, `${inFiles.length} of 40`);
  });

  it('hold their files while the database goes on, drops them and is closed', async () => {
    fill(store, 0);
    const snapshot = store.snapshot({ checkpoint: 1, type: 'checkpoint' });
    for (let frame = 0; frame < 1000; frame++) store.drain();
    for (let round = 1; round <= 4; round++) fill(store, round);
    const handle = await snapshot.persist(storage.target('chk-1'));
    await restored(handle!, (other) => check(other, () => 0));
  });

  it('F45: that cannot be shipped fail, and the store and the next checkpoint go on', async () => {
    fill(store, 0);
    const full: SnapshotTarget = {
      write: () => Promise.reject(new TidegateError('TG423', 'the disk is full')),
      share: () => Promise.reject(new TidegateError('TG423', 'the disk is full')),
    };
    await assert.rejects(store.snapshot({ checkpoint: 1, type: 'checkpoint' }).persist(full), isCoded('TG423'));
    store.checkpointAborted(1);
    fill(store, 1, 2);
    await restored(await take(2), (other) => check(other, (key) => (key % 2 === 0 ? 1 : 0)));
  });

  for (const type of ['checkpoint', 'savepoint'] as const) {
    it(`end, as a ${type} that is being made, with the store that is closed: it is not touched any more`, async () => {
      const roomy = { memoryBytes: 64_000_000 };
      const other = await fixture.open(roomy);
      for (let key = 0; key < KEYS / 4; key++) valuesOf(other).put(key, `0/${key}/`);
      const saved = other.snapshot({ checkpoint: 1, type }).persist(storage.target('chk-1'));
      await Promise.all([other.close(), assert.rejects(saved)]);
    });
  }

  it('end, as a savepoint that is being read, with the store that is closed', async () => {
    const other = await fixture.open();
    for (let key = 0; key < KEYS / 4; key++) valuesOf(other).put(key, `0/${key}/`);
    const target: SnapshotTarget = {
      ...storage.target('chk-1'),
      write: async (name, chunks) => {
        await other.close();
        return storage.target('chk-1').write(name, chunks);
      },
    };
    await assert.rejects(other.snapshot({ checkpoint: 1, type: 'savepoint' }).persist(target));
  });

  it('leave no links behind', async () => {
    const options = fixture.options();
    const other = await fixture.open(options);
    valuesOf(other).put('k', 'v');
    await other.snapshot({ checkpoint: 1, type: 'checkpoint' }).persist(storage.target('chk-1'));
    const released = other.snapshot({ checkpoint: 2, type: 'checkpoint' });
    for (let frame = 0; frame < 10; frame++) other.drain();
    released.release();
    await assert.rejects(released.persist(storage.target('chk-2')));
    assert.deepEqual(readdirSync(options.folder), ['db']);
    await other.close();
  });

  it('F51, F52: with any file damaged, cut off or missing are refused', async () => {
    fill(store, 0);
    const handle = await take(1);
    for (const name of namesOf(handle)) {
      const content = storage.files.get(name)!;
      const flipped = content.slice();
      flipped[content.length >> 1]! ^= 1;
      for (const bad of [flipped, content.subarray(0, content.length - 1), content.subarray(0, 0), undefined]) {
        if (bad === undefined) storage.files.delete(name);
        else storage.files.set(name, bad);
        await assert.rejects(
          fixture.open({}, { checkpoint: RESTORED, handles: [handle], source: storage }),
          isCoded('TG421'),
          `${name} with ${bad?.length ?? 'no'} bytes`,
        );
        storage.files.set(name, content);
      }
    }
  });

  it('F54: are what a store is built from, whatever lies in its folder', async () => {
    fill(store, 0, 10);
    const handle = await take(1);
    const options = fixture.options();
    const other = await fixture.open(options);
    valuesOf(other).put(0, 'of another time');
    other.snapshot({ checkpoint: 1, type: 'checkpoint' });
    for (let frame = 0; frame < 10; frame++) other.drain();
    const db = join(options.folder, 'db');
    const files = readdirSync(db);
    await other.close();
    // As a crash leaves it: a torn WAL, half a table.
    mkdirSync(db, { recursive: true });
    for (const name of files) writeFileSync(join(db, name), 'garbage');
    truncateSync(
      join(
        db,
        files.find((name) => name.endsWith('.log'))!,
      ),
      3,
    );
    const rebuilt = await fixture.open(options, { checkpoint: RESTORED, handles: [handle], source: storage });
    assert.equal(valuesOf(rebuilt).get(0)?.startsWith('0/0/'), true);
    await rebuilt.close();
  });

  it('F59: of a newer version are refused with text', async () => {
    valuesOf(store).put(0, 'x');
    const handle = await take(1);
    assert.ok(handle.content.format === 'rocksdb');
    const newer: KeyedStateHandle = { ...handle, content: { ...handle.content, version: 3 } };
    await assert.rejects(fixture.open({}, { checkpoint: RESTORED, handles: [newer], source: storage }), (error) => {
      assert.ok(isCoded('TG422')(error));
      assert.match(String(error), /format 3; this version of tidegate reads up to 2/);
      return true;
    });
  });
});
