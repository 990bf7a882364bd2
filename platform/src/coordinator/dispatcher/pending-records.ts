/**
 * What of a job is on its way to the registry, one entry after the other.
 *
 * Invariant: an entry is the first until whoever put it has been told: what is put meanwhile waits behind it.
 */
import type { RegistryEntry } from './registry-entry.js';

export interface PendingRecord {
  readonly entry: RegistryEntry;
  /** It is in the registry. */
  readonly then: () => void;
  /** It never will be. */
  readonly refused: (message: string) => void;
}

/** After the storage did not take an entry. */
const RETRY_MS = 500;

export class PendingRecords {
  readonly #waiting: PendingRecord[] = [];

  /** @param write brings an entry to the registry, once for each; told what came of it by `recorded`, `retry` or `refuse` */
  constructor(private readonly write: (entry: RegistryEntry, afterMs: number) => void) {}

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  put(record: PendingRecord): void {
    this.#waiting.push(record);
    if (this.#waiting.length === 1) this.#next(0);
  }

  recorded(): void {
    this.#waiting[0]?.then();
    this.#waiting.shift();
    this.#next(0);
  }

  retry(): void {
    this.#next(RETRY_MS);
  }

  /** The registry takes nothing of it any more. */
  refuse(message: string): void {
    for (const record of this.#waiting.splice(0)) record.refused(message);
  }

  #next(afterMs: number): void {
    const [first] = this.#waiting;
    if (first !== undefined) this.write(first.entry, afterMs);
  }
}
