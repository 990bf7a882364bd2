/**
 * The two ends of a channel between a producer's and a consumer's subtask.
 *
 * Invariants
 * - Elements leave in the order in which they came; none is lost or doubled while both ends live.
 * - A producer asks `hasCredit` before it starts a step; what one step makes beyond that is the overflow, which is held
 *   and never dropped.
 * - An overtaking barrier is announced out of band and also stands in band at its place, so that the consumer knows where
 *   the records before it end. Behind an announcement the overflow goes to the consumer's end without waiting for
 *   credit, and no credit is given back for it before it is polled. So the consumer alone sees all that a barrier
 *   overtook, soon, and yet memory stays bounded: what a channel is given credit for, and the output of one step.
 *   (Apache Flink has the producer store its part of it instead.)
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
   * Ends a batch: what was pushed is on its way, as far as there is room.
   * @returns whether that is all; the rest goes at a later call (or of `hasCredit`)
   */
  flush(): boolean;
  /** How much of what may be on its way is, from 0 to 1; 1: there is no credit. For whoever watches. */
  usage(): number;
}

export interface InputChannel {
  /** The next element, if there is one. */
  poll(): StreamElement | undefined;
  /** The youngest announced barrier whose place has not been reached by `poll`. Cheap: asked at every step. */
  announced(): Announcement | undefined;
  /** The elements from the next one to the place of the announced barrier (exclusive), once they have arrived. Leaves them where they are. */
  beforeAnnounced(): readonly StreamElement[];
}

export interface Announcement {
  readonly barrier: CheckpointBarrier;
  /** Whether everything before the barrier's place has come. */
  readonly arrived: boolean;
}
