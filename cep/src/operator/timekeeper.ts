/**
 * Decides, when time advances, in which order keys have their turn and when their windows are looked at.
 * What the windows then come to is the matcher's affair.
 */
import type { KeyState } from '../matcher/key-state.js';
import type { OnSeen } from '../matcher/key-matcher.js';
import type { EventBuffer } from './event-buffer.js';

/** What a timekeeper makes the operator do. */
export interface Turns<K, E> {
  offer(key: K, event: E, timestamp: number): void;
  /** Offers the first `count` events of the buffer, in one loop: as single calls each would put its time on the heap. */
  offerBuffered(count: number): void;
  /** Advances the time of one rule, or of all rules (undefined), of a key. */
  advanceKey(key: K, state: KeyState<E>, rule: number | undefined, now: number): void;
}

export interface Timekeeper<K, E> {
  /** To be told of every rule that is offered an event, if it wants to know. */
  readonly onSeen: OnSeen<K, E> | undefined;
  /** In processing time: the event seen was not buffered, so nothing of its key is to follow. */
  seenAlone(): void;
  /** The first of a key's windows ends at this time: set whenever that has changed. */
  schedule(key: K, due: number): void;
  /** Time is `now`: offers the buffered events up to `complete`, removes them, and advances keys. */
  pass(complete: number, now: number, buffer: EventBuffer<K, E>, turns: Turns<K, E>): void;
}
