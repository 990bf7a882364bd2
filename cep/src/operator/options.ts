/** What a PatternOperator is given by its host, and what it counts. */
import type { PatternOutput } from '../matcher/match.js';
import type { TimeOrigin } from '../matcher/time-origin.js';
import type { Condition } from '../pattern/condition.js';
import type { Pattern } from '../pattern/pattern.js';
import type { MatchStore } from './match-store.js';

export interface RuleDefinition<E> {
  /** Unique in its set; state belongs to it by this name. */
  readonly name: string;
  readonly pattern: Pattern<E>;
  /** Event-only. An event that fails it does not exist for this rule: it breaks no `next`, and advances no time. */
  readonly filter?: Condition<E>;
  /** False spares the engine to make up timeouts that nobody wants. Default true. */
  readonly reportsTimeouts?: boolean;
}

export interface PatternOperatorOptions<K, E> {
  readonly output: PatternOutput<K, E>;
  /** Default: a HeapMatchStore of its own. */
  readonly store?: MatchStore<K, E>;
  /** Default `event`. In `processing` time, timestamps and watermarks are the host's clock, and nothing is late. */
  readonly time?: 'event' | 'processing';
  /** Orders events of the same timestamp; those that it holds equal stay in order of arrival. */
  readonly comparator?: (left: E, right: E) => number;
  /**
   * When a PREVIOUS_AND_CURRENT window that ran out is noticed: as soon as time has passed it (default), or, as in Apache
   * Flink, when the key sees another event. The outcome is the same but for the moment, and `at` of a match by absence.
   * With `on-next-event` the timers, which Flink keeps beside the runs, are lost at a `restore`.
   */
  readonly gapTimeouts?: 'prompt' | 'on-next-event';
  /**
   * Lets each window run out at its own end, as if a watermark had come then. What comes of it, its order and `at` then do
   * not depend on when watermarks come, as they do in Apache Flink, where windows that one watermark passes end together.
   * Not with `on-next-event`. Default false.
   */
  readonly windowsEndApart?: boolean;
  /** What the times in states are counted from; for a host that writes and reads them. Default: one of its own. */
  readonly origin?: TimeOrigin;
}

/** An event that time has not passed yet. */
export interface WaitingEvent<K, E> {
  readonly key: K;
  readonly event: E;
  readonly timestamp: number;
}

export interface DueKey<K> {
  readonly key: K;
  /** When the first of its windows ends, at the soonest; +Infinity for never. */
  readonly due: number;
}

/** Totals since the operator was made. Every event processed is either late, or offered to the rules whose filter it passes. */
export interface OperatorCounters {
  processed: number;
  late: number;
  matches: number;
  timeouts: number;
}
