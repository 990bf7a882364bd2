/**
 * The contract of a source, after Apache Flink's FLIP-27: an enumerator finds splits, a reader reads them.
 *
 * Invariants
 * - `poll` never blocks and never awaits: a reader fills a bounded queue from its own I/O and hands out what is there.
 * - The order of a split's records is the order of its offsets, and reading a split again from an offset gives the
 *   same records (except where the connector declares `replayable: false`).
 */

/** A part of a source that is read in order by one reader: a file, a partition, a queue. */
export interface SourceSplit {
  /** Unique within the ingress and the same in every run: a path, a partition's name. */
  readonly id: string;
  /** Where to go on reading: the offset of the next record, in the connector's own unit; undefined is the beginning. */
  readonly offset?: number;
  /** What else the connector must know to go on there (the identity of a file, for instance): plain JSON data. */
  readonly state?: unknown;
}

export interface SplitEnumerator {
  /** After how many milliseconds `discover` is to be called again, while the source is read; undefined: once is enough. */
  readonly discoveryInterval?: number | undefined;
  /**
   * The splits that exist now, and all that it has found before: what it finds later stands behind. Known ones may be
   * among them or not. One call at a time.
   */
  discover(): Promise<readonly SourceSplit[]>;
  close(): Promise<void>;
}

/** Records as they lie in the outer system, in columns: payloads[i] stands at offsets[i]. */
export interface SourceBatch {
  readonly split: string;
  /** Text, bytes, or a value that the framing already took apart (a CSV row, an element of a JSON document). */
  readonly payloads: readonly unknown[];
  /** Byte position, line number or partition offset: rising within a split, and the same at every reading. */
  readonly offsets: readonly number[];
  /** Reasons why the framing could not give payloads[i] (then the raw text, cut short), by index. Mostly absent. */
  readonly bad?: ReadonlyMap<number, string>;
  readonly headers?: readonly (Readonly<Record<string, string>> | undefined)[];
  readonly keys?: readonly (string | Uint8Array | null)[];
  /** Timestamps given by the outer system, epoch milliseconds. */
  readonly timestamps?: readonly number[];
  /** Size of the batch in the outer system, in bytes. */
  readonly bytes: number;
  /** Where the split would go on after this batch. */
  readonly nextOffset: number;
}

export type PollResult =
  | { readonly kind: 'batch'; readonly batch: SourceBatch }
  /** Nothing now; `onAvailable`'s callback will be called. */
  | { readonly kind: 'empty' }
  /** The split has no more records, ever. Told once per split. `at`: where it ended, to be kept in checkpoints. */
  | { readonly kind: 'split-end'; readonly split: string; readonly at?: SourceSplit }
  /** Every split has ended and `noMoreSplits` was called. From then on every `poll` answers this. */
  | { readonly kind: 'end' };

export interface SourceReader {
  /** So many splits are read at once, in the order in which they were added, and the others wait for their turn. Absent: all are. */
  readonly concurrency?: number;
  addSplits(splits: readonly SourceSplit[]): void;
  /** No split will be added any more: after the last split's end `poll` answers `end`. */
  noMoreSplits(): void;
  /** `maxBytes` is a target, not a bound: a batch holds at least one record. */
  poll(maxBytes: number): PollResult;
  /** Registers the one callback that is told, once for each `empty`, when a `poll` may give something. */
  onAvailable(callback: () => void): void;
  pause(split: string): void;
  resume(split: string): void;
  /**
   * The position of every split that has not ended, as it belongs into a checkpoint: behind the last batch that `poll`
   * gave, whatever lies in the reader's queue.
   */
  snapshot(checkpoint: number): readonly SourceSplit[];
  /** The checkpoint is complete: nothing before its positions will be read again. */
  notifyComplete(checkpoint: number): void;
  close(): Promise<void>;
}

export interface Source {
  /** Bounded sources end; unbounded ones run until the job is stopped. */
  readonly boundedness: 'bounded' | 'unbounded';
  /** Whether records can be read again after a crash. `validate` warns where not. */
  readonly replayable: boolean;
  /** @param known the splits that a checkpoint kept, ended ones too: they are read on without being found again */
  createEnumerator(known: readonly SourceSplit[]): SplitEnumerator;
  createReader(): SourceReader;
}
