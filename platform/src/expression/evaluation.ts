/** What the evaluation of an expression reads, and what it gives. Narrow on purpose: records and partial matches fulfil it. */

/** The event as expressions see it. Its `value` is read as data: own properties alone. */
export interface EvaluationRecord {
  readonly value: Readonly<Record<string, unknown>>;
  /** Event time, integer milliseconds. */
  readonly timestamp: number;
  /** Name of the ingress or rule, as `source()` gives it. */
  readonly source: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The envelope of another rule's alert. */
  readonly alert?: { readonly rule: string; readonly severity: string } | undefined;
}

/** The events that a partial or complete match has taken so far, before the current one. */
export interface CapturedEvents {
  /** In the order taken; empty when the stage has none. */
  events(stage: string): readonly EvaluationRecord[];
  count(stage: string): number;
  first(stage: string): EvaluationRecord | undefined;
  /** Without a stage: the event taken last, in whichever stage. */
  last(stage?: string): EvaluationRecord | undefined;
}

/** A table's live content: the row with this key, or undefined. Keys are values as in `type.ts`; text and numbers in practice. */
export interface TableRows {
  get(key: unknown): Readonly<Record<string, unknown>> | undefined;
}

/** What a compiled expression is bound to when the operator opens. */
export interface EvaluationLayout {
  readonly tables?: ReadonlyMap<string, TableRows>;
}

/** The value of an expression that reads an absent field. */
export const ABSENT = undefined;

/** An error as a value: evaluation never throws. */
export class EvaluationError {
  constructor(
    /** Stable, e.g. `no_such_overload`, `divide_by_zero`. */
    readonly code: EvaluationErrorCode,
    readonly message: string,
  ) {}
}

export type EvaluationErrorCode =
  | 'no_such_overload'
  | 'no_such_key'
  | 'index_out_of_range'
  | 'divide_by_zero'
  | 'overflow'
  | 'invalid_argument'
  | 'limit_exceeded';

/** `key` is the value of the partition's key, as `key()` gives it. */
export type Condition = (record: EvaluationRecord, captured?: CapturedEvents, key?: unknown) => boolean;
/** Gives a value as in `type.ts`, ABSENT or an EvaluationError. */
export type ValueOf = (record: EvaluationRecord, captured?: CapturedEvents, key?: unknown) => unknown;
