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
  /**
   * Its own, as who made it gave them: in their order, a name perhaps more than once, text or bytes or null. A sink whose records have
   * a place for them sends them all; what it adds itself stands behind, unless one of them has its name.
   */
  readonly headers?: readonly (readonly [name: string, value: string | Uint8Array | null])[];
  /** Event time, epoch milliseconds. */
  readonly timestamp: number;
  /** An identifier that is the same in every run, for idempotent receivers. */
  readonly id?: string;
  /**
   * Values of the options that are expressions or templates, by the option's path with dots (`headers.severity`): text,
   * numbers (durations in milliseconds) and booleans. One that is absent or could not be computed is not there.
   */
  readonly values?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Of a record that is followed: the span in which it leaves, as W3C Trace Context's header of that name has it. A sink
   * whose records have a place for it hands it on, so that the receiver's spans are in the same trace.
   */
  readonly traceparent?: string;
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
   * where these lie; in that case `flush` resolves only when they are durable there. Without bytes there is nothing to
   * commit, as always below `exactly-once`. Epochs rise, and are not without gaps.
   */
  stage(epoch: number): Uint8Array;
  /** Registers the one callback that is told, once for each `ready() === false`, that the writer takes more. */
  onReady(callback: () => void): void;
  /**
   * Resolves when all that was written (or, with `exactly-once`, staged) before this call is out of danger: it has
   * reached the outer system, or it is durable where a staged epoch says. Rejects with the cause. A checkpoint waits for it.
   */
  flush(): Promise<void>;
  /**
   * Told instead of the last flush, when a bounded job has written all that there is: resolves when what it has written needs
   * nothing of this process any more. Absent where that is so after a flush.
   */
  end?(): Promise<void>;
  /** Below `exactly-once` all that was written is delivered; else what was not staged is dropped. */
  close(): Promise<void>;
}

/** What a completed checkpoint holds for a committer, and the checkpoint's number. */
export interface RestoredEpochs {
  readonly epoch: number;
  /** All epochs with bytes that the checkpoint does not know to be committed, its own among them, in any order. */
  readonly staged: readonly StagedEpoch[];
  /**
   * Whether later epochs may have been completed, and so committed by an attempt that is only taken for dead: the job goes
   * back on purpose, or nobody knows.
   */
  readonly rewound: boolean;
}

/**
 * Makes staged epochs visible. Runs in the I/O shell: it may be slow, and it may fail and be asked again.
 *
 * Invariants
 * - `recover` is called before anything else and before the writer takes a record; again only when it failed.
 * - `commit` of an epoch that has been committed, by whichever attempt, changes nothing.
 * - Epochs are committed in rising order, each when its checkpoint, or a later one, is complete.
 * - After a restore at another parallelism the epochs of subtask `i` are those of the committer `i mod parallelism`, and
 *   so is what else subtask `i` left behind.
 */
export interface Committer {
  /**
   * The restored epochs are committed, and what else earlier attempts left behind is discarded: what they had not staged,
   * and what they committed behind the restored checkpoint, as it will come again. Undefined at a start from the beginning:
   * then everything that an earlier run left is discarded.
   */
  recover(restored: RestoredEpochs | undefined): Promise<void>;
  commit(epoch: StagedEpoch): Promise<void>;
  /**
   * Several at once, in rising order: they become visible in this order, and may together. Absent where that is not faster than one
   * after the other.
   */
  commitAll?(epochs: readonly StagedEpoch[]): Promise<void>;
  /**
   * For a savepoint, which may be restored elsewhere: the same epoch, with the records that lie in the egress's `stateDir`
   * in its bytes. Absent where none ever do.
   */
  embed?(epoch: StagedEpoch): Promise<StagedEpoch>;
  close(): Promise<void>;
}

/** Which part of a job a writer or committer works for. */
export interface SinkSubtask {
  /** From 0. */
  readonly subtask: number;
  readonly parallelism: number;
  /**
   * Rises with every attempt to run the job, over restarts and leaders, for as long as the egress's `stateDir` lives. By it
   * an attempt that was taken for dead is kept from doing harm.
   */
  readonly attempt: number;
}

export interface WriterOptions extends SinkSubtask {
  readonly delivery: Delivery;
  /** Whether the job goes on from a checkpoint: what earlier attempts delivered then stays. */
  readonly restored: boolean;
}

/** What a subtask of a sink writes in, in an outer system that has transactions. */
export interface TransactionStatus {
  readonly id: string;
  /** In the words of the outer system. */
  readonly state: string;
  /** Whether one has begun and not ended: readers of committed data wait for its end. */
  readonly isOpen: boolean;
  /** When that one began, epoch milliseconds. */
  readonly startedAt?: number;
  /** After so long the outer system aborts it by itself. */
  readonly timeoutMs: number;
  /** The last epoch that is known to be committed; 0: none. */
  readonly committed: number;
  /** Whether the egress's state folder names it: then it is the job's that has this folder. */
  readonly isNamed: boolean;
}

/** For who looks after a job that does not come back. */
export interface SinkTransactions {
  list(): Promise<readonly TransactionStatus[]>;
  /** Whoever still writes in it is fenced. */
  abort(id: string): Promise<void>;
}

/** A subtask's writer and committer are made by the same Sink: what `recover` finds, the writer knows. */
export interface Sink {
  /** What this sink offers, strongest last. */
  readonly deliveries: readonly Delivery[];
  /**
   * With a delivery below `exactly-once` there is no committer: the writer itself discards what an earlier run left, if
   * the job does not go on from a checkpoint.
   */
  createWriter(options: WriterOptions): SinkWriter;
  /** A sink that offers `exactly-once` has it. */
  createCommitter?(subtask: SinkSubtask): Committer;
  /** Absent where there are none. */
  transactions?(): SinkTransactions;
}
