/**
 * What a checkpoint's barrier says. Barriers flow in band with the records (Carbone et al., "Lightweight Asynchronous
 * Snapshots for Distributed Dataflows", 2015), as in Apache Flink: what comes before a barrier in a channel belongs to
 * the checkpoint, what comes after does not.
 */
export interface CheckpointBarrier {
  /** Rises over all attempts of a job. */
  readonly checkpoint: number;
  /**
   * A complete checkpoint whose files are kept until this one has ended: an incremental snapshot refers to them, or to
   * those of a younger checkpoint that is known to be complete. Absent: there is none, and everything is shipped.
   */
  readonly base?: number;
  /** When the coordinator triggered it: its `Clock.now()`, ms. */
  readonly timestamp: number;
  /** A savepoint is written in the canonical format, whatever the backend. */
  readonly type: 'checkpoint' | 'savepoint';
  readonly alignment: Alignment;
  /**
   * `end`: a source sends nothing behind this barrier; when the checkpoint is complete it ends its stream, when it is
   * aborted it goes on. `drain` makes everything due first: the source sends the last watermark before the barrier.
   */
  readonly then: 'continue' | 'end' | 'drain';
}

/**
 * - `none`: tasks do not wait for the barriers of all channels before they go on (at least once);
 * - `aligned`: a channel whose barrier has come waits for the others; after `timeoutMs` (since `timestamp`; absent:
 *   never) the barrier overtakes what is in flight;
 * - `unaligned`: it overtakes from the start, and what it overtook goes into the checkpoint.
 */
export type Alignment =
  | { readonly mode: 'none' }
  | { readonly mode: 'aligned'; readonly timeoutMs?: number }
  | { readonly mode: 'unaligned' };

/** Whether the barrier overtakes records, or may come to: then it is announced, and waits for nobody for good. */
export function mayOvertake({ alignment }: Pick<CheckpointBarrier, 'alignment'>): boolean {
  return alignment.mode === 'unaligned' || (alignment.mode === 'aligned' && alignment.timeoutMs !== undefined);
}
