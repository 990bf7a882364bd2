/**
 * Decides, when time advances, in which order keys have their turn and at which of them windows are looked at.
 * What the windows then come to is the matcher's affair.
 */
import type { KeyState } from '../matcher/key-state.js';
import type { Rule } from '../matcher/rule.js';

/** What a timekeeper makes the operator do. */
export interface Turns<K, E> {
  /** Removes the buffered events up to a time and passes them on in order. */
  drain(time: number, visit: (key: K, event: E, timestamp: number) => void): void;
  offer(key: K, event: E, timestamp: number): void;
  /** Advances the time of one rule, or of all rules (undefined), of a key. */
  advanceKey(key: K, rule: number | undefined, now: number): void;
}

export interface Timekeeper<K, E> {
  /** A rule was offered an event, which began a run or not. */
  seen(key: K, rule: Rule<E>, timestamp: number, hasStarted: boolean): void;
  /** In processing time: the event seen was not buffered, so nothing of its key is to follow. */
  seenAlone(): void;
  /** A key's state was changed. */
  schedule(state: KeyState<K, E>): void;
  /** Time is `now`, and buffered events up to `complete` are to be processed. */
  pass(complete: number, now: number): void;
}
