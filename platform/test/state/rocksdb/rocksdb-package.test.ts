import assert from 'node:assert/strict';
import { TidegateError } from '../../../src/common/errors.js';
import { RocksDatabase } from '../../../src/state/rocksdb/rocks-database.js';
import { loadRocksdb, type RocksPackage } from '../../../src/state/rocksdb/rocksdb-package.js';

const isCoded = (code: string) => (error: unknown) => error instanceof TidegateError && error.code === code;

/** RocksDB on a disk that says `message` to every write. */
function failing(message: string): RocksPackage {
  class RocksLevel {
    open = () => Promise.resolve();
  }
  const binding = {
    db_init: () => ({}),
    batch_init: () => ({}),
    batch_put: () => undefined,
    batch_clear: () => undefined,
    batch_write: () => {
      throw new Error(message);
    },
  };
  return { RocksLevel, binding } as unknown as RocksPackage;
}

describe('RocksDB', () => {
  it('that is not there is said clearly, so that the caller may take the heap', async () => {
    await assert.rejects(
      loadRocksdb(() => Promise.reject(new Error('No native build was found'))),
      (error: unknown) => isCoded('TG425')(error) && /Use `settings.state.backend: heap`/.test(String(error)),
    );
  });

  const errors: [row: string, message: string, code: string, retriable: boolean][] = [
    ['F46: a full disk', 'IO error: No space left on device: While appending to file: db/000004.log', 'TG423', true],
    ['F48: a disk that fails', 'IO error: Input/output error: While fsync: db/MANIFEST-000005', 'TG424', false],
    ['F50: a read-only disk', 'IO error: Read-only file system: While open a file', 'TG424', false],
  ];
  for (const [row, message, code, retriable] of errors) {
    it(`${row} fails the task with its cause`, async () => {
      const database = await RocksDatabase.create(failing(message), 'db', 1000);
      assert.throws(
        () => database.write((batch) => batch.put(Buffer.of(1), Buffer.of(1))),
        (error: unknown) =>
          isCoded(code)(error) &&
          (error as TidegateError).retriable === retriable &&
          (error as TidegateError).options.cause instanceof Error,
      );
    });
  }
});
