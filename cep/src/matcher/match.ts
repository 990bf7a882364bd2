/**
 * What the engine gives its host. All of these are plain values, free to keep; events are the host's own objects.
 * Timestamps are in milliseconds; +Infinity is the end of all time (the last watermark).
 */
export interface StageEvents<E> {
  readonly stage: string;
  /** Oldest first, never empty. */
  readonly events: readonly E[];
}

interface Outcome<K, E> {
  /** Position of the rule in its set. */
  readonly rule: number;
  readonly key: K;
  /** In the order of their first event. A stage that took nothing is absent, as are not stages and groups. */
  readonly stages: readonly StageEvents<E>[];
  readonly firstTimestamp: number;
  readonly lastTimestamp: number;
}

export interface Match<K, E> extends Outcome<K, E> {
  /** The time the key was advanced to when the match was given: Apache Flink's timestamp of it. */
  readonly at: number;
  /** For a match by absence (a last `notFollowedBy`): when its window ran out, however late that was noticed. */
  readonly deadline: number | undefined;
}

/** A partial match that its window ended. */
export interface Timeout<K, E> extends Outcome<K, E> {
  /** When the window ran out. */
  readonly at: number;
}

/** Where results go. Calls come synchronously from `process` and `advance`; within a key and rule in Apache Flink's order. */
export interface PatternOutput<K, E> {
  match(match: Match<K, E>): void;
  timeout(timeout: Timeout<K, E>): void;
  /** The event came at or after the watermark had passed its timestamp; it had no effect. */
  late(key: K, event: E, timestamp: number): void;
}
