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

export interface SinkWriter {
  write(record: OutgoingRecord): void;
  /** Whether the writer takes more now. */
  ready(): boolean;
  /** Everything written since the last stage, as bytes for the checkpoint. Empty for at-least-once sinks. */
  stage(epoch: number): Uint8Array;
  /** Registers the one callback that is told, once for each `ready() === false`, that the writer takes more. */
  onReady(callback: () => void): void;
  /** Resolves when all that was written has reached the outer system (at-least-once), or rejects with the cause. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface Committer {
  commit(epoch: number, staged: readonly Uint8Array[]): Promise<void>;
  close(): Promise<void>;
}

export interface Sink {
  /** What this sink offers, strongest last. */
  readonly deliveries: readonly Delivery[];
  /** At a start from the beginning (not from a checkpoint) what an earlier run left is discarded. */
  createWriter(subtask: number): SinkWriter;
  createCommitter?(): Committer;
}
