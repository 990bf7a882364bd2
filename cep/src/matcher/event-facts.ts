/**
 * The event being processed, and what is known of it. One object serves all events.
 *
 * Invariants: an event-only condition is tested at most once an event; all runs that take the event share one TakenEvent.
 */
import type { Condition } from '../pattern/condition.js';
import { CapturedPath } from './captured-path.js';
import { TakenEvent, type Run } from './key-state.js';

export class EventFacts<E> {
  readonly #conditions: readonly Condition<E>[];
  /** By condition: twice the number of the event it was last tested for, plus one if it held. */
  readonly #answers: Float64Array;
  readonly #captured = new CapturedPath<E>();
  readonly #nothing = new CapturedPath<E>();
  #number = 0;
  #event: E | undefined;
  #timestamp = -Infinity;
  #ordinal = 0;
  #taken: TakenEvent<E> | undefined;

  constructor(conditions: readonly Condition<E>[]) {
    this.#conditions = conditions;
    this.#answers = new Float64Array(conditions.length).fill(-1);
  }

  begin(event: E, timestamp: number): void {
    this.#ordinal = timestamp === this.#timestamp ? this.#ordinal + 1 : 0;
    this.#timestamp = timestamp;
    this.#event = event;
    this.#taken = undefined;
    this.#number += 2;
  }

  get timestamp(): number {
    return this.#timestamp;
  }

  /** The event as runs keep it. */
  get taken(): TakenEvent<E> {
    return (this.#taken ??= new TakenEvent<E>(this.#event as E, this.#timestamp, this.#ordinal));
  }

  /** Whether a condition holds, for a run whose stages have these names (undefined: the start run). */
  holds(index: number, stages: readonly string[], run: Run<E> | undefined): boolean {
    const answer = (this.#answers[index] as number) - this.#number;
    if (answer >= 0) return answer === 1;
    const condition = this.#conditions[index] as Condition<E>;
    if (!condition.eventOnly) return condition.test(this.#event as E, this.#captured.bind(stages, run));
    const isTrue = condition.test(this.#event as E, this.#nothing);
    this.#answers[index] = isTrue ? this.#number + 1 : this.#number;
    return isTrue;
  }
}
