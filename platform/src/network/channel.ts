/**
 * The two ends of a channel between a producer's and a consumer's subtask.
 *
 * Invariants
 * - Elements leave in the order in which they came; none is lost or doubled while both ends live.
 * - A producer asks `hasCredit` before it starts a step; what one step makes beyond that is the overflow, which is held
 *   and never dropped.
 * - An overtaking barrier is announced out of band and also stands in band at its place, so that the consumer knows where
 *   the records before it end.
 */
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { StreamElement } from './element.js';

export interface OutputChannel {
  /** Whether the producer may go on. */
  hasCredit(): boolean;
  push(element: StreamElement): void;
  /** Puts the barrier in band and announces it at the consumer's end, ahead of everything that is under way. */
  announce(barrier: CheckpointBarrier): void;
  /**
   * What was pushed but has not entered what the consumer's end can see: it belongs to the producer's part of an
   * unaligned checkpoint. Empty for a queue that both share. Leaves them where they are.
   */
  overflow(): readonly StreamElement[];
}

export interface InputChannel {
  /** The next element, if there is one. */
  poll(): StreamElement | undefined;
  /** The youngest announced barrier whose place has not been reached by `poll`. */
  announced(): CheckpointBarrier | undefined;
  /**
   * The elements from the next one to the place of the announced barrier (exclusive), as far as they have come, and
   * whether the barrier's place is among what has come. Leaves them where they are.
   */
  beforeAnnounced(): { readonly elements: readonly StreamElement[]; readonly complete: boolean };
}
