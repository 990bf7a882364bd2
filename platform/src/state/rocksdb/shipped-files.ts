/**
 * Which files of the database lie in which checkpoint, so that the next one ships only what is new.
 *
 * Invariants
 * - A checkpoint builds on the last one that is known to be complete, and on nothing else: what was shipped for one that
 *   was given up, or of which nothing is known yet, is shipped again.
 * - A table is the same when its name and its length are: unfinished ones, which are shipped while they are written,
 *   change their length, finished ones are never written to again.
 */
import type { StateFile } from '../../job/state-handle.js';
import type { LiveSst } from './rocks-database.js';

/** Parts of the database's files, by name in its folder, in their order. */
export type ShippedParts = ReadonlyMap<string, readonly StateFile[]>;

export class ShippedFiles {
  #base: ShippedParts;
  #baseCheckpoint = -1;
  readonly #pending = new Map<number, ShippedParts>();

  /** @param restored files of the checkpoint that the database was restored from and that it has as they were */
  constructor(restored: ShippedParts = new Map()) {
    this.#base = restored;
  }

  /** What a checkpoint may refer to. */
  get base(): ShippedParts {
    return this.#base;
  }

  hasTable({ name, bytes }: LiveSst): boolean {
    const parts = this.#base.get(name);
    return parts?.length === 1 && parts[0]!.bytes === bytes;
  }

  shipped(checkpoint: number, parts: ShippedParts): void {
    this.#pending.set(checkpoint, parts);
  }

  completed(checkpoint: number): void {
    const parts = this.#pending.get(checkpoint);
    for (const known of [...this.#pending.keys()]) if (known <= checkpoint) this.#pending.delete(known);
    if (parts === undefined || checkpoint < this.#baseCheckpoint) return;
    this.#base = parts;
    this.#baseCheckpoint = checkpoint;
  }

  aborted(checkpoint: number): void {
    this.#pending.delete(checkpoint);
  }
}
