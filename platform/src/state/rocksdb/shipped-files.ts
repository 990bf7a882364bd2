/**
 * Which files of the database lie in which checkpoint, so that the next one ships only what is new.
 *
 * Invariants
 * - A checkpoint builds on one that is known to be complete and is still kept, and on nothing else: on the one that its
 *   barrier names, or a younger one of which word has come. What was shipped for one that was given up, or of which nothing
 *   is known, is shipped again.
 */
import type { StateBytes } from '../../job/state-handle.js';
import type { LiveSst } from './rocks-database.js';

/** Parts of the database's files, by name in its folder, in their order. */
export type ShippedParts = ReadonlyMap<string, readonly StateBytes[]>;

/** What a database was restored from, as far as it has the files as they were. */
export interface RestoredParts {
  readonly checkpoint: number;
  readonly parts: ShippedParts;
}

const NOTHING: ShippedParts = new Map();

/**
 * Whether a table lies there already. It is the same when its name and its length are: unfinished ones, which are shipped
 * while they are written, change their length, finished ones are never written to again.
 */
export function hasTable(parts: ShippedParts, { name, bytes }: LiveSst): boolean {
  const shipped = parts.get(name);
  return shipped?.length === 1 && bytesOf(shipped) === bytes;
}

/** What was shipped of a file. */
export function bytesOf(parts: readonly StateBytes[]): number {
  return parts.reduce((sum, part) => sum + ('file' in part ? part.file.bytes : part.inline.length), 0);
}

/** What lies in files of its own. Only the last part of a log may not. */
export function inFiles(parts: readonly StateBytes[]): readonly StateBytes[] {
  return parts.filter((part) => 'file' in part);
}

export class ShippedFiles {
  #complete: RestoredParts | undefined;
  readonly #pending = new Map<number, ShippedParts>();

  constructor(restored?: RestoredParts) {
    this.#complete = restored;
  }

  /**
   * What a checkpoint may refer to.
   * @param base what its barrier names: complete, also where no word of that has come
   */
  onBase(base: number | undefined): ShippedParts {
    if (base === undefined) return NOTHING;
    this.completed(base);
    // An older one than the base is perhaps no longer kept.
    return this.#complete !== undefined && this.#complete.checkpoint >= base ? this.#complete.parts : NOTHING;
  }

  shipped(checkpoint: number, parts: ShippedParts): void {
    this.#pending.set(checkpoint, parts);
  }

  completed(checkpoint: number): void {
    const parts = this.#pending.get(checkpoint);
    for (const known of [...this.#pending.keys()]) if (known <= checkpoint) this.#pending.delete(known);
    if (parts === undefined || checkpoint < (this.#complete?.checkpoint ?? 0)) return;
    this.#complete = { checkpoint, parts };
  }

  aborted(checkpoint: number): void {
    this.#pending.delete(checkpoint);
  }
}
