/**
 * A snapshot of the heap, in the canonical format. The synchronous part only marks the tables; entries are taken in
 * slices, or by who touches them first (see ValueCapture).
 *
 * Invariants
 * - `slices` is the whole work, in pieces of bounded size; a simulator drives it by itself and lets the store change in
 *   between. `persist` is the same with a target and the event loop.
 */
import type { KeyedStateHandle, KeyGroupRange, StateFile } from '../../job/state-handle.js';
import { CANONICAL_VERSION, inCanonicalOrder } from '../canonical/canonical-format.js';
import { persistCanonical } from '../canonical/persist-canonical.js';
import { writeCanonical, type FilePiece } from '../canonical/write-canonical.js';
import type { KeyedSnapshot, SnapshotTarget } from '../keyed-snapshot.js';
import type { Capturable, Capture } from './captures.js';
import { GatheredEntries } from './gathered-entries.js';

/** Entries that are taken in one slice: few enough to be far below the 10 ms for which a thread may be kept. */
const TAKEN_AT_ONCE = 256;

export interface HeapSnapshotOptions {
  readonly checkpoint: number;
  readonly keyGroups: KeyGroupRange;
  readonly maxParallelism: number;
  readonly fileBytes?: number;
  readonly yieldToEventLoop: () => Promise<void>;
}

export class HeapSnapshot implements KeyedSnapshot {
  readonly #states;
  readonly #gathered: GatheredEntries;
  readonly #captures: readonly { readonly table: Capturable; readonly capture: Capture }[];

  constructor(
    tables: readonly Capturable[],
    private readonly options: HeapSnapshotOptions,
  ) {
    this.#gathered = new GatheredEntries(options.maxParallelism);
    this.#states = inCanonicalOrder(tables.filter(({ size }) => size > 0).map(({ description }) => description));
    this.#captures = tables
      .filter(({ size }) => size > 0)
      .map((table) => ({
        table,
        capture: table.capture(this.#gathered, this.#states.indexOf(table.description)),
      }));
  }

  /**
   * The files' content piece by piece; pieces without bytes are work alone. Nothing when there is no state.
   * @throws what a codec threw for a value that it cannot write
   */
  *slices(): Generator<FilePiece> {
    for (const { capture } of this.#captures) {
      while (!capture.isDone) {
        capture.take(TAKEN_AT_ONCE);
        yield { file: 0, bytes: new Uint8Array(0) };
      }
    }
    this.release();
    this.#gathered.check();
    yield* writeCanonical(this.#states, this.#gathered.inOrder(), this.options.fileBytes);
  }

  async persist(target: SnapshotTarget): Promise<KeyedStateHandle | undefined> {
    try {
      const { checkpoint, yieldToEventLoop } = this.options;
      const files = await persistCanonical(this.slices(), target, `keyed-${checkpoint}`, yieldToEventLoop);
      return this.handleOf(files);
    } finally {
      this.release();
    }
  }

  /** The handle of files that `slices` gave. */
  handleOf(files: readonly StateFile[]): KeyedStateHandle | undefined {
    if (files.length === 0) return undefined;
    return {
      keyGroups: this.options.keyGroups,
      states: this.#states,
      content: { format: 'canonical', version: CANONICAL_VERSION, files },
    };
  }

  release(): void {
    for (const { table, capture } of this.#captures) table.endCapture(capture);
  }
}
