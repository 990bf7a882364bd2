import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointFolder } from '../../../src/cli/storage/checkpoint-folder.js';
import { LocalState } from '../../../src/cli/storage/local-state.js';
import { filesOf } from '../../../src/checkpoint/snapshot-files.js';
import type { CheckpointBarrier } from '../../../src/job/checkpoint-barrier.js';
import type { StateFile } from '../../../src/job/state-handle.js';
import { plainValueCodec } from '../../../src/state/codecs/plain-value-codec.js';
import type { RocksKeyedStore } from '../../../src/state/rocksdb/rocks-keyed-store.js';
import type { CheckpointFiles } from '../../../src/taskmanager/environment.js';
import { RocksFixture } from '../../state/rocksdb/fixture.js';

/** Enough for several tables. */
const KEYS = 40_000;
const ID = { epoch: 1, attempt: 2, task: 'rules.a', subtask: 0 };

function barrierOf(checkpoint: number, type: CheckpointBarrier['type'] = 'checkpoint'): CheckpointBarrier {
  return { checkpoint, timestamp: 0, type, alignment: { mode: 'aligned' }, then: 'continue' };
}

/** A checkpoint storage that counts what is read from it. */
class CountedFiles implements CheckpointFiles {
  bytesRead = 0;
  readonly #files: CheckpointFolder;

  constructor(root: string) {
    this.#files = new CheckpointFolder(root);
  }

  target(...of: Parameters<CheckpointFiles['target']>) {
    return this.#files.target(...of);
  }

  read(...of: Parameters<CheckpointFiles['read']>) {
    return this.#files.read(...of);
  }

  async *readChunks(file: StateFile): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#files.readChunks(file)) {
      this.bytesRead += chunk.length;
      yield chunk;
    }
  }
}

describe('the copies of state files on a worker’s disk', function () {
  this.timeout(60_000);
  let root: string;
  let files: CountedFiles;
  let local: LocalState;
  let log: string[];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tidegate-local-'));
    files = new CountedFiles(join(root, 'storage'));
    log = [];
    local = new LocalState(files, join(root, 'local'), (message) => log.push(message));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  async function written(checkpoint: number, text: string, name = 'x'): Promise<StateFile> {
    return local.target(ID, barrierOf(checkpoint)).write(name, [Buffer.from(text), new Uint8Array()]);
  }

  async function readText(file: StateFile): Promise<string> {
    return Buffer.from(await local.read({ file })).toString();
  }

  it('spare the checkpoint storage every byte that is read', async () => {
    const [first, empty] = [await written(1, 'state'), await written(1, '', 'empty')];
    assert.deepEqual([await readText(first), await readText(empty)], ['state', '']);
    assert.deepEqual([files.bytesRead, local.bytesRead], [0, { local: 5, fetched: 0 }]);
  });

  it('are of files that were shared, too, and stay when the database has dropped those', async () => {
    const path = join(root, '12.sst');
    writeFileSync(path, 'sorted');
    const file = await local.target(ID, barrierOf(1)).share('db/12', path);
    unlinkSync(path);
    assert.deepEqual([await readText(file), files.bytesRead], ['sorted', 0]);
  });

  const damages: readonly (readonly [what: string, damage: (path: string) => void])[] = [
    [
      'a flipped bit',
      (path) =>
        writeFileSync(
          path,
          readFileSync(path).map((byte, i) => (i === 1 ? byte ^ 4 : byte)),
        ),
    ],
    ['a missing end', (path) => truncateSync(path, 3)],
    ['bytes too many', (path) => writeFileSync(path, 'state and more')],
    ['nothing', (path) => truncateSync(path, 0)],
  ];
  for (const [what, damage] of damages) {
    it(`F54: are deleted, and the file fetched, where one has ${what}`, async () => {
      const [damaged, whole] = [await written(1, 'state'), await written(1, 'other', 'y')];
      damage(join(root, 'local', damaged.name));
      assert.deepEqual([await readText(damaged), await readText(whole)], ['state', 'other']);
      assert.deepEqual([files.bytesRead, log.length], [5, 1]);
      assert.match(log[0]!, /the copy of state\/1\/1\/.* on this disk is damaged, and is fetched instead/);
      assert.equal(
        readdirSync(join(root, 'local'), { recursive: true, encoding: 'utf8' }).includes(damaged.name),
        false,
      );
    });
  }

  it('that are gone are fetched without a word', async () => {
    const file = await written(1, 'state');
    unlinkSync(join(root, 'local', file.name));
    assert.deepEqual([await readText(file), files.bytesRead, log], ['state', 5, []]);
  });

  it('never let a damaged file of the storage pass for whole', async () => {
    const file = await written(1, 'state');
    unlinkSync(join(root, 'local', file.name));
    truncateSync(join(root, 'storage', file.name), 2);
    await assert.rejects(readText(file), /is not whole/);
  });

  it('are none of a savepoint, nor of what failed to be written', async () => {
    await local.target(ID, barrierOf(1, 'savepoint')).write('x', [Buffer.from('state')]);
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('sta');
      await Promise.resolve();
      throw new Error('the state cannot be read');
    };
    await assert.rejects(local.target(ID, barrierOf(2)).write('x', failing()), /cannot be read/);
    const left = readdirSync(join(root, 'local'), { recursive: true, withFileTypes: true });
    assert.deepEqual(
      left.filter((entry) => entry.isFile()).map(({ name }) => name),
      [],
    );
  });

  it('cost no checkpoint where the disk takes none', async () => {
    writeFileSync(join(root, 'full'), 'a file where there should be a folder');
    local = new LocalState(files, join(root, 'full'), (message) => log.push(message));
    const file = await written(1, 'state');
    await local.acknowledged(ID, barrierOf(1), [file]);
    assert.deepEqual([await readText(file), files.bytesRead], ['state', 5]);
  });

  it('are of what the last checkpoints name, however old, and of nothing else', async () => {
    const old = await written(1, 'shared by all');
    const each: StateFile[] = [];
    for (let checkpoint = 1; checkpoint <= 6; checkpoint++) {
      const own = await written(checkpoint, 'its own', 'own');
      each.push(own);
      await local.acknowledged(ID, barrierOf(checkpoint), [old, own]);
    }
    const names = readdirSync(join(root, 'local'), { recursive: true, encoding: 'utf8' });
    const kept = each.filter(({ name }) => names.includes(name)).map(({ name }) => name.split('/')[2]);
    assert.deepEqual([names.includes(old.name), kept], [true, ['4', '5', '6']]);
  });

  it('bring a RocksDB back without a byte of the checkpoint storage, and fetch the one file of it that is damaged', async () => {
    const rocks = new RocksFixture();
    const valuesOf = (store: RocksKeyedStore) =>
      store.value({ owner: 'o', name: 'values', codec: plainValueCodec<string>() });
    try {
      const store = await rocks.open({ memoryBytes: 4_000_000 });
      for (let key = 0; key < KEYS; key++) {
        valuesOf(store).put(key, `${key}/`.padEnd(150, '.'));
        if (key % 500 === 0) store.drain();
      }
      const handle = (await store.snapshot(barrierOf(1)).persist(local.target(ID, barrierOf(1))))!;
      await store.close();
      const named = filesOf({ keyed: [handle], operators: [], channels: [] });
      await local.acknowledged(ID, barrierOf(1), named);
      assert.ok(named.filter(({ name }) => name.endsWith('.sst')).length > 0 && named.length > 1, 'tables, and a log');

      const restored = async (): Promise<number> => {
        const before = files.bytesRead;
        const restore = { checkpoint: 1, handles: [handle], source: { read: local.readChunks.bind(local) } };
        const again = await rocks.open({}, restore);
        for (let key = 0; key < KEYS; key += 37) assert.ok(valuesOf(again).get(key)?.startsWith(`${key}/`));
        await again.close();
        return files.bytesRead - before;
      };
      assert.equal(await restored(), 0);
      assert.equal(
        local.bytesRead.local,
        named.reduce((sum, { bytes }) => sum + bytes, 0),
      );

      const largest = [...named].sort((a, b) => b.bytes - a.bytes)[0]!;
      const path = join(root, 'local', largest.name);
      const content = readFileSync(path);
      // The storage may have the very same file by a link: what is damaged here must be another one.
      unlinkSync(path);
      writeFileSync(path, content.subarray(1));
      assert.equal(await restored(), largest.bytes);
    } finally {
      rocks.cleanUp();
    }
  });
});
