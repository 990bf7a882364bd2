/**
 * The log that says which checkpoint is the latest, and who may write the next one: one numbered file for each fence and
 * each completed checkpoint. It is what makes an old leader and an old attempt harmless, whatever they still do.
 *
 * A writer knows the highest position p that it has read or written. It creates p + 1, exclusively, and nothing else. An
 * attempt's first entry is its fence; only then do its tasks start, from the checkpoint that is the latest below the fence.
 *
 * Why a late write of an older attempt can never become the latest checkpoint:
 * 1. Of all writers that know p, one gets p + 1. So all entries that were ever the highest form one sequence, and whoever
 *    creates the next one has read the one before, or wrote it.
 * 2. An older attempt's writer does not know the fence of the newer one. Let its write be of position q.
 *    a. It lands before the newer attempt's fence: then that fence fails with `exists`, its writer reads q, and starts
 *       from the checkpoint in it. Nothing is lost, and both agree that it is complete.
 *    b. It lands after the fence or anything above q: then q exists, and the write fails ...
 *    c. ... unless the entry at q has been deleted since. So a writer that has created q lists the log: an entry above
 *       tells it that it is fenced, and that what it wrote counts for nothing. The highest entry is never deleted, so
 *       after a deletion there is always one above.
 * 3. A reader looks at the highest entry, and at what this one names by position and checksum; what was written into a gap
 *    is named by nobody. The current writer deletes it when it next appends.
 *
 * A writer that is fenced touches nothing any more: in case 2c it cannot tell whether its entry lies in a gap, or became
 * the base of a newer attempt before it looked.
 *
 * Invariants
 * - One append at a time; the next begins when the outcome of the one before is known.
 * - Appended entries are told as such only after 2c. After `fenced` nothing is written or deleted.
 */
import { referenceTo, type EntryReference } from './log-entry.js';
import { logName, LOG_PREFIX, positionOf } from './storage-layout.js';
import type { StorageRequests } from './storage-requests.js';

export type AppendOutcome =
  /** `positions`: of all entries that are there. */
  | { readonly kind: 'appended'; readonly reference: EntryReference; readonly positions: readonly number[] }
  /** Somebody else has written since. */
  | { readonly kind: 'fenced' }
  /** The storage has no room; nothing was written. */
  | { readonly kind: 'full'; readonly message: string };

interface Append {
  readonly encode: () => Uint8Array;
  readonly done: (outcome: AppendOutcome) => void;
}

export class CheckpointLog {
  /** The highest position that is known to be written. */
  #top = 0;
  #isFenced = false;
  readonly #waiting: Append[] = [];

  constructor(private readonly storage: StorageRequests) {}

  /** Reads all entries, lowest first; what is appended from now on stands behind them. */
  read(done: (entries: ReadonlyMap<number, Uint8Array>) => void): void {
    this.#positions((positions) => {
      const entries = new Map<number, Uint8Array>();
      const readFrom = (index: number): void => {
        const position = positions[index];
        if (position === undefined) {
          this.#top = positions.at(-1) ?? 0;
          this.#isFenced = false;
          return done(entries);
        }
        this.storage.read(logName(position), (bytes) => {
          // A writer that lives deletes what it no longer needs: look again at what there is now.
          if (bytes === undefined) return this.read(done);
          entries.set(position, bytes);
          readFrom(index + 1);
        });
      };
      readFrom(0);
    });
  }

  /** Whether somebody has written since it was read. */
  hasMoved(done: (moved: boolean) => void): void {
    this.#positions((positions) => done((positions.at(-1) ?? 0) > this.#top));
  }

  /** @param encode gives the entry when its turn has come: what was appended before is known then */
  append(encode: () => Uint8Array, done: (outcome: AppendOutcome) => void): void {
    this.#waiting.push({ encode, done });
    if (this.#waiting.length === 1) this.#next();
  }

  /** Deletes entries that are not the highest. */
  delete(positions: readonly number[], done: () => void): void {
    this.storage.delete(positions.map(logName), done);
  }

  #next(): void {
    const [append] = this.#waiting;
    if (append === undefined) return;
    if (this.#isFenced) return this.#settle(append, { kind: 'fenced' });
    const position = this.#top + 1;
    const bytes = append.encode();
    this.storage.create(logName(position), bytes, (outcome) => {
      if (outcome.kind === 'created') this.#confirm(append, referenceTo(position, bytes));
      else this.#settle(append, outcome.kind === 'full' ? outcome : { kind: 'fenced' });
    });
  }

  #confirm(append: Append, reference: EntryReference): void {
    const { position } = reference;
    this.#positions((positions) => {
      if (positions.some((other) => other > position)) return this.#settle(append, { kind: 'fenced' });
      this.#top = position;
      this.#settle(append, { kind: 'appended', reference, positions });
    });
  }

  #settle(append: Append, outcome: AppendOutcome): void {
    this.#isFenced ||= outcome.kind === 'fenced';
    // First of all until it has been told: what is appended meanwhile waits.
    append.done(outcome);
    this.#waiting.shift();
    this.#next();
  }

  #positions(done: (positions: readonly number[]) => void): void {
    this.storage.list(LOG_PREFIX, (names) => {
      done(names.map(positionOf).filter((position) => position !== undefined));
    });
  }
}
