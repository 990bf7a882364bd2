/**
 * The event being processed, and what is known of it. One object serves all events.
 *
 * Invariant: an event-only condition is tested at most once an event.
 */
import type { Condition } from '../pattern/condition.js';
import { CapturedPath } from './captured-path.js';
import { Run } from './key-state.js';
import { compact } from './time-origin.js';

/** What `#answers` holds, less the event's number. */
const FALSE = 0;
const TRUE = 1;
const POSSIBLE = 2;
/** Numbers of events lie so far apart. */
const STRIDE = 4;
/** Numbers begin again here, so that they remain small integers. */
const MAX_NUMBER = 1 << 30;

export class EventFacts<E> {
  readonly #conditions: readonly Condition<E>[];
  readonly #tests: readonly Condition<E>['test'][];
  readonly #isEventOnly: Uint8Array;
  /** Conditions that are false unless the index said otherwise. */
  readonly #isIndexed: Uint8Array;
  /** By condition: the number of the event it was last answered for, plus the answer. */
  readonly #answers: Int32Array;
  readonly #captured = new CapturedPath<E>();
  #number = 0;
  #event: E | undefined = undefined;
  #timestamp = 0;
  #ordinal = 0;

  constructor(conditions: readonly Condition<E>[], indexed: Iterable<number>) {
    this.#conditions = conditions;
    this.#tests = conditions.map((condition) => condition.test);
    this.#isEventOnly = Uint8Array.from(conditions, (condition) => (condition.eventOnly ? 1 : 0));
    this.#isIndexed = new Uint8Array(conditions.length);
    for (const index of indexed) this.#isIndexed[index] = 1;
    this.#answers = new Int32Array(conditions.length).fill(-STRIDE);
  }

  /** The time is an offset from the operator's origin. */
  begin(event: E, time: number): void {
    const timestamp = compact(time);
    this.#ordinal = timestamp === this.#timestamp ? this.#ordinal + 1 : 0;
    this.#timestamp = timestamp;
    this.consider(event);
  }

  /** From here on answers are about the event, which is not processed yet: it has no time. */
  consider(event: E): void {
    this.#event = event;
    if (this.#number >= MAX_NUMBER) {
      this.#answers.fill(-STRIDE);
      this.#number = 0;
    }
    this.#number += STRIDE;
  }

  get timestamp(): number {
    return this.#timestamp;
  }

  /** A run that takes the event after those of its parent; undefined is for the first. */
  take(position: number, stage: number, parent: Run<E> | undefined): Run<E> {
    return new Run<E>(position, stage, this.#event as E, this.#timestamp, this.#ordinal, parent);
  }

  /** The index has found that a condition holds, or may hold. */
  admit(index: number, isCertain: boolean): void {
    this.#answers[index] = this.#number + (isCertain ? TRUE : POSSIBLE);
  }

  /** Whether a condition holds, for a run whose stages have these names. */
  holds(index: number, stages: readonly string[], run: Run<E>): boolean {
    const answer = (this.#answers[index] as number) - this.#number;
    if (answer === TRUE) return true;
    if (answer === FALSE) return false;
    if (answer < 0 && this.#isIndexed[index] === 1) return false;
    const isTrue = this.#test(index, stages, run);
    if (this.#isEventOnly[index] === 1) this.#answers[index] = this.#number + (isTrue ? TRUE : FALSE);
    return isTrue;
  }

  #test(index: number, stages: readonly string[], run: Run<E>): boolean {
    const test = this.#tests[index] as Condition<E>['test'];
    if (this.#isEventOnly[index] === 0) this.#captured.bind(stages, run);
    return test.call(this.#conditions[index], this.#event as E, this.#captured);
  }
}
