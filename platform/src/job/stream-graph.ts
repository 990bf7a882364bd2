/**
 * The StreamGraph: the application as plain, serialisable data. `plan` writes it, every engine executes it, and nothing
 * after `plan` reads YAML (JSON.parse(JSON.stringify(graph)) is the same graph).
 *
 * Invariants
 * - A node's id is its identity in the file: `ingresses.payments`, `rules.card-testing`, `egresses.alerts`, `tables.x`;
 *   a shared pattern node has an id of its own.
 * - Expressions are typed trees. Durations and timestamps are integer milliseconds.
 * - Rules with the same inputs, keys and time share one pattern node; each keeps its own name inside.
 */
import type { TypedTree } from '../expression/tree.js';
import type { RecordType } from '../expression/type.js';
import type { FunctionNode } from './function-node.js';
import type { GraphSettings } from './graph-settings.js';

export type { GraphSettings } from './graph-settings.js';

export interface StreamGraph {
  readonly version: 1;
  readonly name: string;
  readonly settings: GraphSettings;
  readonly tables: readonly TableNode[];
  readonly sources: readonly SourceNode[];
  readonly operators: readonly OperatorNode[];
  /** Absent: the application has no stateful functions that anything is sent to. */
  readonly functions?: FunctionNode;
  readonly sinks: readonly SinkNode[];
  readonly edges: readonly StreamEdge[];
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
  /** Its name in a version whose state is kept. */
  readonly renamedFrom?: string;
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
  /** Absent: splits are read as fast as they can be, however far one is ahead of another. */
  readonly watermarkAlignment?: WatermarkAlignment;
  /** `unordered`: bounded input that is sorted before its first watermark. */
  readonly order: 'sorted' | 'unordered';
}

/** As Apache Flink's (FLIP-182, FLIP-217): splits that are ahead wait for those that are behind. */
export interface WatermarkAlignment {
  /** Ingresses of one group are aligned with each other. */
  readonly group: string;
  /** How far a split's watermark may be ahead of the lowest one of the group, ms of event time. */
  readonly maxDrift: number;
  /** At least so often all subtasks are asked how far they are, ms. */
  readonly updateInterval: number;
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

/** One input of an operator: the stream it reads (`ingresses.x` or `rules.y`) and the key of its records, if keyed. */
export interface OperatorInput {
  readonly from: string;
  /** Name as `source()` gives it: the ingress's or rule's own name. */
  readonly name: string;
  /** Empty: one global partition. More than one: a list key. Reads the record alone. */
  readonly key: readonly TypedTree[];
}

/** A rule without a kind: every event that fits is an alert. One node per rule, `rules.NAME`. */
export interface FilterNode {
  readonly kind: 'filter';
  readonly id: string;
  readonly inputs: readonly OperatorInput[];
  readonly rule: RuleDescriptor;
}

/**
 * Pattern rules over the same inputs and keys (and so the same time). The id says only what they share,
 * `patterns.payments.1f3a09bc`: what belongs to a rule is addressed by the rule's name, so that grouping is only a layout.
 */
export interface PatternNode {
  readonly kind: 'pattern';
  readonly id: string;
  /** The id that the node had before its inputs were renamed. */
  readonly renamedFrom?: string;
  readonly inputs: readonly OperatorInput[];
  readonly rules: readonly PatternRule[];
}

/**
 * A condition over an event and, in a pattern, what the match has taken so far. Conditions with the same id mean the
 * same: within a node those that look at the event alone are evaluated once an event.
 */
export interface ConditionDescriptor {
  /** Fingerprint of its meaning. */
  readonly id: string;
  /** Whether it looks at the event (and its key, source and tables) alone. */
  readonly eventOnly: boolean;
  /** Names of the inputs whose events may fit; absent: all of the rule's. */
  readonly from?: readonly string[];
  /** Absent: true. */
  readonly tree?: TypedTree;
}

export interface RuleDescriptor {
  readonly name: string;
  readonly renamedFrom?: string;
  readonly description?: string;
  readonly severity: 'informational' | 'low' | 'medium' | 'high' | 'critical';
  readonly tags: readonly string[];
  /** Filters the stream: the pattern sees only events that fit. Looks at the event alone. */
  readonly where?: ConditionDescriptor;
  /** What the alert's record holds: its `select` fields; without a select, a filter's event or a match's stages as lists. */
  readonly body: 'select' | 'event' | 'stages';
  /** In the order of the file; a value that is absent is left out of the alert. Empty unless `body` is `select`. */
  readonly select: readonly { readonly name: string; readonly value: TypedTree }[];
  /** Type of the alert's record, as rules over this rule's alerts see it. */
  readonly fields: RecordType;
  /** Text and expressions in turn. The expressions read what `select` reads (names of select fields are written out). */
  readonly message: readonly (string | TypedTree)[];
  /** After an alert, none of the same key (of the same value of `by`) for this long in event time, milliseconds. */
  readonly suppress?: { readonly for: number; readonly by: readonly TypedTree[] };
  /** The key is made of personal data: it is masked wherever people read along. Absent: it is not. */
  readonly personalKey?: true;
  readonly onError: 'skip' | 'dead-letter' | 'fail';
  /** Of what the rule means: name, texts and destinations do not count. */
  readonly fingerprint: string;
}

export interface PatternRule extends RuleDescriptor {
  readonly pattern: PatternDescriptor;
  /** Partial matches that run out of time, if they reached the stage: to the edge tagged `timeout`. */
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
  readonly renamedFrom?: string;
  readonly relation: 'begin' | 'next' | 'followedBy' | 'followedByAny' | 'notNext' | 'notFollowedBy';
  /**
   * AND; none means true. At most two: what looks at the event alone (with the step's `from`), which is shared, and
   * what looks at the match.
   */
  readonly where: readonly ConditionDescriptor[];
  /** A group instead of a condition. */
  readonly steps?: readonly StageDescriptor[];
  readonly times?: { readonly from: number; readonly to: number | null };
  readonly optional: boolean;
  readonly greedy: boolean;
  readonly repeat: 'relaxed' | 'consecutive' | 'combinations';
  /** Absent: no until. */
  readonly until?: ConditionDescriptor;
  /** Milliseconds since the event before. */
  readonly maxGap?: number;
  /** Of what the stage means (condition, contiguity, quantifier): its name does not count. */
  readonly fingerprint: string;
}

export interface SinkNode {
  /** `egresses.NAME` */
  readonly id: string;
  readonly name: string;
  readonly renamedFrom?: string;
  /** Without the options that are computed for each record. */
  readonly connector: Configured;
  /** Absent: none. */
  readonly values?: readonly SinkValue[];
  readonly format: Configured;
  readonly delivery: 'none' | 'at-least-once' | 'exactly-once';
  /** Subtasks that write, at most. Absent: one, which keeps the order. */
  readonly parallelism?: number;
}

/** An option of a sink that is computed for each record. */
export interface SinkValue {
  /** The option's path, with dots: `headers.severity`. */
  readonly option: string;
  /** One value, or text and expressions in turn: then the value is text. */
  readonly of: TypedTree | readonly (string | TypedTree)[];
}

/**
 * - `main`: records of a source, alerts of a rule;  - `bad`: bad records of a source (DeadLetter);
 * - `late`: late records of a source;  - `error`: what a rule's expressions failed on (DeadLetter);
 * - `timeout`: partial matches of the rule `rule` that ran out of time;
 * - `egress`: what functions emit. Functions have one edge to each sink.
 *
 * `hash`: by the input's key (with an empty key to one subtask); `forward`: subtask i to subtask i; `rebalance`: round robin.
 */
export interface StreamEdge {
  readonly from: string;
  /** Which of an operator's rules; absent for sources. */
  readonly rule?: string;
  readonly to: string;
  /** Which of the consumer's inputs, where it reads a stream more than once: functions do. */
  readonly input?: number;
  readonly tag: 'main' | 'bad' | 'late' | 'error' | 'timeout' | 'egress';
  readonly partition: 'forward' | 'hash' | 'rebalance' | 'broadcast';
  /** It closes a loop: its consumer comes before its producer. No loop is without one: functions have one. */
  readonly feedback?: true;
}
