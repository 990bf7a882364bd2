/**
 * Changes that go to the database together. May be used again after each commit: RocksDB then keeps the room it once took
 * for them.
 */
import type { NativeBatch, RocksBinding } from './rocksdb-package.js';

export class WriteBatch {
  readonly native: NativeBatch;
  #size = 0;

  constructor(private readonly binding: RocksBinding) {
    this.native = binding.batch_init();
  }

  /** How many changes wait to be written. */
  get size(): number {
    return this.#size;
  }

  /** Both are copied. */
  put(key: Uint8Array, value: Uint8Array): void {
    this.binding.batch_put(this.native, key, value, undefined);
    this.#size++;
  }

  delete(key: Uint8Array): void {
    this.binding.batch_del(this.native, key, undefined);
    this.#size++;
  }

  clear(): void {
    this.binding.batch_clear(this.native);
    this.#size = 0;
  }
}
