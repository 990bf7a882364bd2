/**
 * The StreamGraph: the application as plain, serialisable data. `plan` writes it, every engine executes it, and nothing
 * after `plan` reads YAML (JSON.parse(JSON.stringify(graph)) is the same graph).
 *
 * Invariants
 * - A node's id is its identity in the file: `ingresses.payments`, `rules.card-testing`, `egresses.alerts`, `tables.x`.
 * - Expressions are typed trees. Durations and timestamps are integer milliseconds.
 * - Rules with the same inputs, keys and time share one pattern node; each keeps its own name inside.
 */
import type { TypedTree } from '../expression/tree.js';
import type { RecordType } from '../expression/type.js';

export interface StreamGraph {
  readonly version: 1;
  readonly name: string;
  readonly settings: GraphSettings;
  readonly tables: readonly TableNode[];
  readonly sources: readonly SourceNode[];
  readonly operators: readonly OperatorNode[];
  readonly sinks: readonly SinkNode[];
  readonly edges: readonly StreamEdge[];
}

export interface GraphSettings {
  readonly parallelism: number;
  /** Number of key groups. */
  readonly maxParallelism: number;
  /** Absolute; the job's own folder. */
  readonly stateDir: string;
  /** Absolute; relative paths of connectors are taken from here. */
  readonly baseDir: string;
  /** A record larger than this is bad. */
  readonly maxRecordBytes: number;
}

/** A connector or format by name with its validated options (see connectors/src/api/declaration.ts). */
export interface Configured {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface SourceNode {
  /** `ingresses.NAME` */
  readonly id: string;
  readonly name: string;
  readonly connector: Configured;
  readonly format: Configured;
  /** UNTYPED when the ingress has none. */
  readonly schema: RecordType;
  readonly time: TimeDescriptor;
  /** What happens to a record that cannot be read: the edge tagged `bad` leads to the dead-letter egress, if any. */
  readonly onBadRecord: 'fail' | 'skip' | 'dead-letter';
}

export type TimeFormat = 'epoch-millis' | 'epoch-seconds' | 'epoch-micros' | 'iso-8601' | { readonly pattern: string };

export interface TimeDescriptor {
  /** `ingestion`: the clock's time when the record is read. */
  readonly kind: 'event' | 'ingestion';
  /** Path of the time field, e.g. ["properties", "time"]. Absent for `ingestion`. */
  readonly field?: readonly string[];
  /** Absent when the schema says `timestamp` and the value is already milliseconds after conversion. */
  readonly format?: TimeFormat;
  /** IANA name; for text without a zone. */
  readonly zone?: string;
  readonly maxOutOfOrderness: number;
  /** A split without records for this long (processing time) does not hold back the watermark. */
  readonly idleTimeout?: number;
  /** Timestamps further ahead of the wall clock than this are bad records. */
  readonly maxFuture?: number;
  /** `unordered`: bounded input that is sorted before its first watermark. */
  readonly order: 'sorted' | 'unordered';
}

export interface TableNode {
  /** `tables.NAME` */
  readonly id: string;
  readonly name: string;
  /** Absolute path; the format is CSV or JSON by its extension or `format`. */
  readonly file: string;
  readonly format: 'csv' | 'json' | 'jsonl';
  readonly key: string;
  readonly schema: RecordType;
}

export type OperatorNode = FilterNode | PatternNode;

/** One input of an operator: the node it reads (`ingresses.x` or `rules.y`) and the key of its records, if keyed. */
export interface OperatorInput {
  readonly from: string;
  /** Name as `source()` gives it: the ingress's or rule's own name. */
  readonly name: string;
  /** Empty: one global partition. More than one: a list key. */
  readonly key: readonly TypedTree[];
}

/** A rule without a kind: every event that fits is an alert. One node per rule. */
export interface FilterNode {
  readonly kind: 'filter';
  readonly id: string;
  readonly inputs: readonly OperatorInput[];
  readonly rule: RuleDescriptor;
}

/** Pattern rules over the same inputs and keys. */
export interface PatternNode {
  readonly kind: 'pattern';
  readonly id: string;
  readonly inputs: readonly OperatorInput[];
  readonly rules: readonly PatternRule[];
}

export interface RuleDescriptor {
  readonly name: string;
  readonly description?: string;
  readonly severity: 'informational' | 'low' | 'medium' | 'high' | 'critical';
  readonly tags: readonly string[];
  /** AND of the rule-level `where`; the pattern sees only events that fit. */
  readonly where: readonly TypedTree[];
  /** In the order of the file. */
  readonly select: readonly { readonly name: string; readonly value: TypedTree }[];
  /** Text and expressions in turn. */
  readonly message: readonly (string | TypedTree)[];
  readonly suppress?: { readonly for: number; readonly by: readonly TypedTree[] };
  readonly onError: 'skip' | 'dead-letter' | 'fail';
}

export interface PatternRule extends RuleDescriptor {
  readonly pattern: PatternDescriptor;
  /** Partial matches that run out of time, if they reached the stage: to the edge tagged `timeout:RULE`. */
  readonly onTimeout?: { readonly reached: string };
}

export interface PatternDescriptor {
  readonly stages: readonly StageDescriptor[];
  /** First event to last, milliseconds. */
  readonly within?: number;
  readonly skip: SkipDescriptor;
}

export type SkipDescriptor =
  | { readonly kind: 'none' | 'toNext' | 'pastLastEvent' }
  | { readonly kind: 'toFirst' | 'toLast'; readonly stage: string; readonly onMiss: 'continue' | 'fail' };

export interface StageDescriptor {
  readonly name: string;
  readonly relation: 'begin' | 'next' | 'followedBy' | 'followedByAny' | 'notNext' | 'notFollowedBy';
  /** Inputs whose events may fit, by name; absent: all of the rule's. Part of the condition. */
  readonly from?: readonly string[];
  /** AND; none means true. */
  readonly where: readonly TypedTree[];
  /** A group instead of a condition. */
  readonly steps?: readonly StageDescriptor[];
  readonly times?: { readonly from: number; readonly to: number | null };
  readonly optional: boolean;
  readonly greedy: boolean;
  readonly repeat: 'relaxed' | 'consecutive' | 'combinations';
  /** AND; absent: no until. */
  readonly until?: readonly TypedTree[];
  /** Milliseconds since the event before. */
  readonly maxGap?: number;
}

export interface SinkNode {
  /** `egresses.NAME` */
  readonly id: string;
  readonly name: string;
  readonly connector: Configured;
  readonly format: Configured;
  readonly delivery: 'none' | 'at-least-once' | 'exactly-once';
}

/**
 * - `main`: records of a source, alerts of a rule;  - `bad`: bad records of a source (DeadLetter);
 * - `late`: late records of a source;  - `error`: records for which a rule's expression failed (DeadLetter);
 * - `timeout`: partial matches of the rule `rule` that ran out of time.
 */
export interface StreamEdge {
  readonly from: string;
  /** Which of a shared node's rules; absent for sources. */
  readonly rule?: string;
  readonly to: string;
  readonly tag: 'main' | 'bad' | 'late' | 'error' | 'timeout';
  readonly partition: 'forward' | 'hash' | 'rebalance' | 'broadcast';
}
