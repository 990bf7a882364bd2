/** A savepoint of a RocksDB store: the canonical format, written from a view of the database that later writes do not change. */
import type { KeyedStateHandle } from '../../job/state-handle.js';
import { CANONICAL_VERSION, inCanonicalOrder, type CanonicalEntry } from '../canonical/canonical-format.js';
import { persistCanonical } from '../canonical/persist-canonical.js';
import { writeCanonical } from '../canonical/write-canonical.js';
import type { KeyedSnapshot, SnapshotTarget } from '../keyed-snapshot.js';
import { PREFIX_BYTES } from './database-keys.js';
import type { PendingSnapshot, SnapshotOrigin } from './pending-snapshot.js';
import type { RocksIterator } from './rocksdb-package.js';
import type { NumberedState } from './state-numbers.js';

/** Rows that are read in one piece. */
const ROWS = 256;

export class RocksSavepoint implements KeyedSnapshot, PendingSnapshot {
  #view: RocksIterator | undefined;
  #isReleased = false;

  constructor(
    private readonly origin: SnapshotOrigin,
    private readonly states: readonly NumberedState[],
    private readonly fileBytes: number | undefined,
    private readonly yieldToEventLoop: () => Promise<void>,
  ) {}

  freeze(): void {
    if (!this.#isReleased) this.#view = this.origin.database.view();
  }

  async persist(target: SnapshotTarget): Promise<KeyedStateHandle | undefined> {
    try {
      await this.origin.saved(this);
      const view = this.#view;
      if (view === undefined) throw this.#released();
      const states = inCanonicalOrder(this.states.map(({ description }) => description));
      const pieces = writeCanonical(
        states,
        this.#entries(
          view,
          states.map((state) => this.#numberOf(state)),
        ),
        this.fileBytes,
      );
      const files = await persistCanonical(pieces, target, `keyed-${this.origin.checkpoint}`, this.yieldToEventLoop);
      if (files.length === 0) return undefined;
      const content = { format: 'canonical', version: CANONICAL_VERSION, files } as const;
      return { keyGroups: this.origin.keyGroups, states, content };
    } finally {
      this.release();
    }
  }

  #numberOf(description: NumberedState['description']): number {
    return this.states.find((state) => state.description === description)!.number;
  }

  /** @param numbers of the states in canonical order */
  *#entries(view: RocksIterator, numbers: readonly number[]): Generator<CanonicalEntry | undefined> {
    const { first, last } = this.origin.keyGroups;
    for (let keyGroup = first; keyGroup <= last; keyGroup++) {
      for (const [state, number] of numbers.entries()) yield* this.#entriesOf(view, keyGroup, number, state);
    }
  }

  /** The entries of one state in one key group; undefined between pieces. */
  *#entriesOf(
    view: RocksIterator,
    keyGroup: number,
    number: number,
    state: number,
  ): Generator<CanonicalEntry | undefined> {
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt16BE(keyGroup, 0);
    prefix.writeUInt16BE(number, 2);
    this.#assertOpen();
    view._seekSync(prefix);
    for (;;) {
      this.#assertOpen();
      const { rows, finished } = view._nextvSync(ROWS);
      for (let i = 0; i < rows.length; i += 2) {
        const key = rows[i]!;
        if (prefix.compare(key, 0, PREFIX_BYTES) !== 0) return;
        yield { keyGroup, state, address: key.subarray(PREFIX_BYTES), value: rows[i + 1]! };
      }
      yield undefined;
      if (finished) return;
    }
  }

  #assertOpen(): void {
    if (this.#isReleased || this.origin.isClosed) throw this.#released();
  }

  #released(): Error {
    return new Error(`savepoint ${this.origin.checkpoint} was released`);
  }

  release(): void {
    this.#isReleased = true;
    void this.#view?.close();
    this.#view = undefined;
  }
}
