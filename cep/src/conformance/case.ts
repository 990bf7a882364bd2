/**
 * The format of conformance cases: a pattern, events, and what Apache Flink CEP made of them, as JSON.
 * See `test/cases/README.md`.
 */
export type Value = null | boolean | number | string;

/** A constant, or an operator and its operands. */
export type Expression = Value | Operation;

export interface Operation extends ReadonlyArray<Expression> {
  readonly 0: string;
}

/** A builder call: its name and arguments. */
export type Call = readonly [name: string, ...args: unknown[]];

export interface StageSpec {
  readonly rel: 'begin' | 'next' | 'followedBy' | 'followedByAny' | 'notNext' | 'notFollowedBy';
  readonly name?: string;
  readonly group?: readonly StageSpec[];
  readonly ops: readonly Call[];
}

export interface SkipSpec {
  readonly kind: 'noSkip' | 'skipToNext' | 'skipPastLastEvent' | 'skipToFirst' | 'skipToLast';
  readonly stage?: string;
  readonly throw?: boolean;
}

export interface EventItem {
  readonly ts: number;
  readonly key: string;
  readonly f?: Readonly<Record<string, Value>>;
  readonly sub?: boolean;
}

export interface WatermarkItem {
  readonly wm: number | 'max';
}

export interface Case {
  readonly id: string;
  readonly pattern: readonly StageSpec[];
  readonly skip?: SkipSpec;
  readonly mode?: 'event' | 'processing';
  readonly comparator?: { readonly field: string; readonly desc?: boolean };
  readonly events: readonly (EventItem | WatermarkItem)[];
  readonly tags?: readonly string[];
  readonly expect?: Result;
}

/** Events are given by their position in the case. */
export interface MatchResult {
  readonly key: string;
  readonly at: number | 'max';
  /** Position of the item during whose processing it came out. */
  readonly in: number;
  readonly m: Readonly<Record<string, readonly number[]>>;
}

export interface FailureResult {
  readonly phase: 'pattern' | 'run';
  /** Simple name of the Java exception. */
  readonly class: string;
  readonly in?: number;
  readonly message?: string;
}

export interface Result {
  readonly error?: FailureResult;
  readonly matches?: readonly MatchResult[];
  readonly timeouts?: readonly MatchResult[];
  readonly late?: readonly number[];
}
