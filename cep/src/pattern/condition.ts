/**
 * What an event must satisfy.
 *
 * A condition is pure: for the same event and the same captured events it gives the same answer, and it never throws.
 * The engine relies on it to evaluate an event-only condition at most once an event, however many states, runs and rules ask.
 */

/** The events that a partial match holds before the event under test, by stage name. Valid only during the call of `test`. */
export interface Captured<E> {
  /** Events taken by the stage, oldest first; empty for a stage not yet reached. */
  events(stage: string): readonly E[];
  first(stage: string): E | undefined;
  /** The stage's last event; without a stage, the event that this partial match took last. */
  last(stage?: string): E | undefined;
  count(stage: string): number;
}

export type ComparisonOperator = '<' | '<=' | '>' | '>=' | '==';

/** `read(event) operator constant`, over numbers. */
export interface Comparison<E> {
  /** Comparisons with the same field read the same number, so one reading serves all of them. */
  readonly field: string;
  /** NaN where the event has no such number; no comparison holds for it. */
  readonly read: (event: E) => number;
  readonly operator: ComparisonOperator;
  readonly constant: number;
}

export interface Condition<E> {
  /** Conditions with the same id are the same condition: only one of them is kept. */
  readonly id: string;
  /** True if `test` never looks at `captured`. */
  readonly eventOnly: boolean;
  test(event: E, captured: Captured<E>): boolean;
  /**
   * A hint, for event-only conditions: all of these hold whenever the condition holds. A set with many conditions over one
   * field then finds those that can hold by one binary search, and tests no other.
   */
  readonly comparisons?: readonly Comparison<E>[];
  /** The converse: the condition holds whenever all its comparisons hold, so `test` need not be called at all. */
  readonly comparisonsSuffice?: boolean;
}
