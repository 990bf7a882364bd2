/**
 * What flows: one event or alert, with its event time and where it came from.
 *
 * Invariants
 * - A record is immutable once it has left the source; operators share it.
 * - `origin` (split and offset) is the same in every run and at every parallelism; alert ids are made of origins.
 * - Every record has the same hidden class, so that generated conditions stay monomorphic.
 */
import type { Key } from './key.js';

/** Shared by all records of one split. */
export interface Split {
  /** The ingress's name, or the rule's for alerts. */
  readonly ingress: string;
  readonly id: string;
}

export interface AlertEnvelope {
  /** Hash of rule, key and origins; hexadecimal. */
  readonly id: string;
  readonly rule: string;
  readonly severity: string;
  readonly tags: readonly string[];
  readonly key: unknown;
  /** Event time of the match, epoch milliseconds. */
  readonly time: number;
  readonly message: string | undefined;
  /** The matched events by stage, in the order of their first event; one stage called `event` for a filter. */
  readonly stages: readonly MatchedStage[];
  /** Set for a partial match that ran out of time: the stage it had reached. */
  readonly timedOutAt: string | undefined;
  /** Whether the record's value is what the rule selected; without a `select` it repeats the matched events. */
  readonly isSelected: boolean;
  /** What `suppress` compares; undefined for a rule without it. */
  readonly suppressBy: Key | undefined;
}

export interface MatchedStage {
  readonly name: string;
  readonly events: readonly StreamRecord[];
}

export class StreamRecord {
  constructor(
    readonly value: Readonly<Record<string, unknown>>,
    /** Event time, epoch milliseconds. */
    readonly timestamp: number,
    /** Name of the ingress or rule, as `source()` gives it. */
    readonly source: string,
    readonly split: Split,
    /** Position in the split; an alert's id for alerts. */
    readonly offset: number | string,
    readonly headers: Readonly<Record<string, string>> | undefined,
    readonly alert: AlertEnvelope | undefined,
  ) {}
}
