/**
 * A checkpoint of a RocksDB store: its files. The synchronous part at the barrier only begins an epoch; when the epoch
 * before it is saved the files are frozen, and then shipped.
 */
import { rm } from 'node:fs/promises';
import type { KeyedStateHandle } from '../../job/state-handle.js';
import type { KeyedSnapshot, SnapshotTarget } from '../keyed-snapshot.js';
import { freezeFiles, type FrozenFiles } from './frozen-files.js';
import type { PendingSnapshot, SnapshotOrigin } from './pending-snapshot.js';
import { shipFiles } from './ship-files.js';
import type { ShippedFiles, ShippedParts } from './shipped-files.js';
import type { NumberedState } from './state-numbers.js';

/** 2: the end of a log may lie with the checkpoint's metadata. */
export const ROCKSDB_VERSION = 2;

export class RocksSnapshot implements KeyedSnapshot, PendingSnapshot {
  #frozen: FrozenFiles | undefined;
  #failure: unknown;
  #isReleased = false;

  constructor(
    private readonly origin: SnapshotOrigin,
    private readonly states: readonly NumberedState[],
    private readonly shipped: ShippedFiles,
    /** What it may refer to. */
    private readonly base: ShippedParts,
    /** For hard links; on the database's disk. */
    private readonly folder: string,
    /** Of this checkpoint's uploads, unique over the job's life. */
    private readonly uploadId: string,
  ) {}

  freeze(): void {
    if (this.#isReleased) return;
    try {
      this.#frozen = freezeFiles(this.origin.database, this.folder, this.base);
    } catch (error) {
      // It fails the checkpoint, and not the task that came by.
      this.#failure = error;
    }
  }

  async persist(target: SnapshotTarget): Promise<KeyedStateHandle | undefined> {
    try {
      await this.origin.saved(this);
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#frozen === undefined || this.#isReleased)
        throw new Error(`checkpoint ${this.origin.checkpoint} was released`);
      const parts = await shipFiles(this.#frozen, target, this.uploadId, this.base);
      this.shipped.shipped(this.origin.checkpoint, parts);
      return this.#handle(parts);
    } finally {
      await this.#letGo();
    }
  }

  #handle(parts: ShippedParts): KeyedStateHandle | undefined {
    if (this.states.length === 0) return undefined;
    return {
      keyGroups: this.origin.keyGroups,
      states: this.states.map(({ description }) => description),
      content: {
        format: 'rocksdb',
        version: ROCKSDB_VERSION,
        ids: this.states.map(({ number }) => number),
        files: [...parts].flatMap(([local, of]) => of.map((part) => ({ local, ...part }))),
      },
    };
  }

  release(): void {
    this.#isReleased = true;
    void this.#letGo();
  }

  async #letGo(): Promise<void> {
    // Links that cannot be removed now are removed with the store's folder.
    await rm(this.folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
