/**
 * The contract of a sink: a writer that takes records synchronously, stages an epoch of them as bytes that can be put
 * into a checkpoint, and a committer that makes a staged epoch visible, idempotently.
 *
 * Invariants
 * - `write` and `stage` are synchronous. A writer that cannot take more says so by `ready() === false` and calls
 *   `onReady` later; the caller then stops after the current record.
 * - `commit` may be called again with the same epoch after a crash and has the same effect as once.
 */

/** One record on its way out, already encoded by the egress's format. */
export interface OutgoingRecord {
  readonly payload: string | Uint8Array;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Event time, epoch milliseconds. */
  readonly timestamp: number;
  /** An identifier that is the same in every run, for idempotent receivers. */
  readonly id?: string;
}

export type Delivery = 'none' | 'at-least-once' | 'exactly-once';

/** What a writer staged for one epoch. */
export interface StagedEpoch {
  /** The subtask that staged it, at the parallelism of that time. */
  readonly subtask: number;
  readonly epoch: number;
  readonly staged: Uint8Array;
}

export interface SinkWriter {
  write(record: OutgoingRecord): void;
  /** Whether the writer takes more now. */
  ready(): boolean;
  /**
   * Ends an epoch: what was written since the last stage, as bytes for the checkpoint. They hold the records, or say
   * where these lie; in that case `flush` resolves only when they are durable there. Empty for at-least-once sinks.
   * Epochs rise, and are not without gaps.
   */
  stage(epoch: number): Uint8Array;
  /** Registers the one callback that is told, once for each `ready() === false`, that the writer takes more. */
  onReady(callback: () => void): void;
  /**
   * Resolves when all that was written (or staged) before this call is out of danger: it has reached the outer system
   * (at-least-once), or it is durable where a staged epoch says. Rejects with the cause. A checkpoint waits for it.
   */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Makes staged epochs visible. Runs in the I/O shell: it may be slow, and it may fail and be asked again.
 *
 * Invariants
 * - `recover` is called once, before anything else and before the writer takes a record.
 * - `commit` of an epoch that has been committed, by whichever attempt, changes nothing.
 * - Epochs are committed in rising order, each when its checkpoint, or a later one, is complete.
 */
export interface Committer {
  /**
   * What a restored checkpoint holds: all epochs that it knows not to be committed. They are committed now, and what
   * else earlier attempts left behind (their unfinished epochs) is discarded. Undefined at a start from the beginning:
   * then everything that an earlier run left is discarded.
   */
  recover(staged: readonly StagedEpoch[] | undefined): Promise<void>;
  commit(epoch: StagedEpoch): Promise<void>;
  close(): Promise<void>;
}

export interface WriterOptions {
  readonly subtask: number;
  readonly delivery: Delivery;
}

export interface Sink {
  /** What this sink offers, strongest last. */
  readonly deliveries: readonly Delivery[];
  /** With a delivery below `exactly-once`, and no committer: at a start from the beginning what an earlier run left is discarded. */
  createWriter(options: WriterOptions): SinkWriter;
  /** Of the writers of one subtask; a sink that offers `exactly-once` has it. */
  createCommitter?(subtask: number): Committer;
}
