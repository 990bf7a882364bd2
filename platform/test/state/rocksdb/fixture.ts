/** RocksDB stores in folders of their own, with so little memory that most of what is read comes from the disk. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRocksStore, type RocksRestore } from '../../../src/state/rocksdb/open-rocks-store.js';
import type { RocksKeyedStore, RocksStoreOptions } from '../../../src/state/rocksdb/rocks-keyed-store.js';
import { storeOptions } from '../stores.js';

export class RocksFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'tidegate-rocks-'));
  #opened = 0;

  options(options: Partial<RocksStoreOptions> = {}): RocksStoreOptions {
    const number = ++this.#opened;
    return {
      ...storeOptions(),
      folder: join(this.folder, `store-${number}`),
      memoryBytes: 16_000,
      incarnation: `attempt-${number}`,
      ...options,
    };
  }

  open(options: Partial<RocksStoreOptions> = {}, restore?: RocksRestore): Promise<RocksKeyedStore> {
    return openRocksStore(this.options(options), restore);
  }

  cleanUp(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
