/**
 * The application as the front understands it: what the user wrote, checked in its structure and its names, with
 * defaults filled in and every short form written out. Expressions are still text; `plan` types them.
 *
 * Invariants
 * - Durations are integer milliseconds, sizes are bytes, "one or many" is an array, placeholders are replaced.
 * - Names are unique within a section, and over ingresses and rules together; every reference is to an existing name.
 * - Sections are Maps in the order of the file, so that a name such as `constructor` is only a name.
 */
import type { CountRange, ExpressionText, ValueOf } from '@tidegate/connectors/api';
import type { RecordType } from '../expression/type.js';
import type { checkpoint } from './declaration/checkpoint.js';
import type { functionType } from './declaration/function.js';
import type { memory } from './declaration/memory.js';
import type { requests } from './declaration/requests.js';
import type { restart } from './declaration/restart.js';
import type { state } from './declaration/state.js';
import type { Path } from './positions.js';

export type { ExpressionText } from '@tidegate/connectors/api';

export interface Application {
  readonly name: string;
  /** Absolute; relative paths of connectors and tables are taken from here. */
  readonly baseDir: string;
  readonly settings: Settings;
  readonly ingresses: ReadonlyMap<string, Ingress>;
  readonly tables: ReadonlyMap<string, Table>;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly functions: ReadonlyMap<string, FunctionType>;
  readonly routes: ReadonlyMap<string, Route>;
  readonly requests?: Requests;
  readonly egresses: ReadonlyMap<string, Egress>;
  readonly tests: ReadonlyMap<string, TestCase>;
}

/** As declared, with every default. */
export interface Settings {
  readonly parallelism: number;
  /** Number of key groups. */
  readonly maxParallelism: number;
  /** Absolute. */
  readonly stateDir: string;
  /** Bytes. */
  readonly maxRecordSize: number;
  readonly bufferTimeout: number;
  readonly checkpoint: ValueOf<typeof checkpoint>;
  readonly restart: ValueOf<typeof restart>;
  readonly state: ValueOf<typeof state>;
  readonly memory: ValueOf<typeof memory>;
}

/** A connector or format by name, with its checked options. */
export interface Configured {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Ingress {
  readonly name: string;
  readonly renamedFrom?: string;
  readonly connector: Configured;
  readonly format: Configured;
  /** UNTYPED when none is written. */
  readonly schema: RecordType;
  readonly time: IngressTime;
  readonly onBadRecord: BadRecordPolicy;
  /** Egress of late records. */
  readonly late?: string;
  /** Absent: nobody waits for what becomes of an event. */
  readonly decision?: Decision;
}

/** What whoever must be answered in time is told where nobody has decided by then. */
export interface Decision {
  /** Milliseconds. */
  readonly within: number;
  /** JSON. */
  readonly default: unknown;
  /** Of the default. */
  readonly type: string;
}

export type BadRecordPolicy =
  { readonly kind: 'fail' | 'skip' } | { readonly kind: 'dead-letter'; readonly to: string };

export type TimeFormat = 'epoch-millis' | 'epoch-seconds' | 'epoch-micros' | 'iso-8601' | { readonly pattern: string };

export type IngressTime =
  | { readonly kind: 'ingestion' }
  | {
      readonly kind: 'event';
      readonly field: readonly string[];
      readonly format?: TimeFormat;
      readonly zone?: string;
      readonly maxOutOfOrderness: number;
      readonly idleTimeout?: number;
      readonly maxFuture?: number;
      readonly watermarkAlignment?: {
        readonly group: string;
        readonly maxDrift: number;
        readonly updateInterval: number;
      };
      readonly order: 'sorted' | 'unordered';
    };

export interface Table {
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  readonly format: 'csv' | 'json' | 'jsonl';
  readonly key: string;
  readonly schema: RecordType;
}

export interface Rule {
  readonly name: string;
  readonly renamedFrom?: string;
  readonly description?: string;
  readonly severity: 'informational' | 'low' | 'medium' | 'high' | 'critical';
  readonly tags: readonly string[];
  /** `disabled`: checked, but not run. */
  readonly mode: 'active' | 'disabled';
  readonly inputs: readonly RuleInput[];
  /** AND. */
  readonly where: readonly ExpressionText[];
  /** Absent: a filter. */
  readonly pattern?: Pattern;
  /** In the order of the file; empty: none written. */
  readonly select: readonly { readonly name: string; readonly value: ExpressionText }[];
  /** Text and expressions in turn; empty: none written. */
  readonly message: readonly (string | ExpressionText)[];
  readonly suppress?: { readonly for: number; readonly by: readonly ExpressionText[] };
  readonly onError: 'skip' | 'dead-letter' | 'fail';
  /** Egresses. */
  readonly to: readonly string[];
  readonly toFunctions: readonly FunctionDestination[];
  /** Absent: its alerts answer nobody. */
  readonly decision?: RuleDecision;
}

/** Whom alerts answer: who has sent the events of an ingress. */
export interface RuleDecision {
  readonly ingress: string;
  /** Bytes or text; absent: the alert as JSON. */
  readonly value?: ExpressionText;
  readonly path: Path;
}

export interface RuleInput {
  readonly kind: 'ingress' | 'rule';
  readonly name: string;
  /** Empty: no key, one global partition. */
  readonly key: readonly ExpressionText[];
  /** Where the reference stands. */
  readonly path: Path;
}

export interface Pattern {
  readonly within?: number;
  readonly skip: Skip;
  readonly steps: readonly Step[];
  readonly onTimeout?: {
    readonly reached: string;
    /** Egresses. */
    readonly to: readonly string[];
    readonly toFunctions: readonly FunctionDestination[];
    readonly path: Path;
  };
  readonly path: Path;
}

export type Skip =
  | { readonly kind: 'none' | 'toNext' | 'pastLastEvent' }
  | {
      readonly kind: 'toFirst' | 'toLast';
      readonly stage: string;
      readonly onMiss: 'continue' | 'fail';
      readonly path: Path;
    };

export type Relation = 'begin' | 'next' | 'followedBy' | 'followedByAny' | 'notNext' | 'notFollowedBy';

export interface Step {
  readonly relation: Relation;
  /** The stage's name; matches `^[A-Za-z_]\w*$`. Its place is `[...path, relation]`. */
  readonly name: string;
  readonly renamedFrom?: string;
  /** Names of the rule's inputs; absent: all of them. */
  readonly from?: readonly string[];
  /** AND; none means true. */
  readonly where: readonly ExpressionText[];
  /** A group instead of a condition. */
  readonly steps?: readonly Step[];
  readonly times?: CountRange;
  readonly optional: boolean;
  readonly greedy: boolean;
  readonly repeat: 'relaxed' | 'consecutive' | 'combinations';
  /** AND; empty: none. */
  readonly until: readonly ExpressionText[];
  readonly maxGap?: number;
  readonly path: Path;
}

/** One instance of a function for each record, by the value of `id`. */
export interface FunctionDestination {
  readonly function: string;
  readonly id: ExpressionText;
  /** The message's. */
  readonly type: string;
  /** Bytes or text; absent: the record as JSON. */
  readonly value?: ExpressionText;
  readonly path: Path;
}

export interface Route {
  readonly name: string;
  readonly inputs: readonly Pick<RuleInput, 'kind' | 'name' | 'path'>[];
  /** AND. */
  readonly where: readonly ExpressionText[];
  readonly to: readonly FunctionDestination[];
}

export interface FunctionType {
  /** `namespace/name` */
  readonly name: string;
  readonly way: FunctionWay;
  /** Instances called at once, of each subtask. */
  readonly concurrency?: number;
  /** Of a namespace. */
  readonly maxTypes?: number;
  /** Messages called for in a time, milliseconds, by all subtasks. */
  readonly rate?: { readonly messages: number; readonly per: number };
  readonly priority: number;
  readonly onFailure: {
    readonly retries: number;
    readonly then: 'fail' | 'park' | 'dead-letter';
    /** An egress. */
    readonly to?: string;
  };
}

/** Where it is served, as it was written. */
export type FunctionWay =
  | { readonly kind: 'http'; readonly http: ValueOf<typeof functionType.variants.http> }
  | { readonly kind: 'module'; readonly module: ValueOf<typeof functionType.variants.module> };

/** As declared, with every default. */
export type Requests = ValueOf<typeof requests>;

/** An option of an egress that is computed for each record. */
export interface EgressExpression {
  /** As declared: `['headers', 'severity']`. */
  readonly option: readonly string[];
  /** One expression, or text and expressions in turn. */
  readonly value: ExpressionText | readonly (string | ExpressionText)[];
  readonly gives?: 'string' | 'int' | 'duration' | 'bool';
}

export interface Egress {
  readonly name: string;
  readonly renamedFrom?: string;
  /** Options that are expressions are text here. */
  readonly connector: Configured;
  readonly expressions: readonly EgressExpression[];
  readonly format: Configured;
  readonly delivery: 'none' | 'at-least-once' | 'exactly-once';
  /** What functions call it. */
  readonly typename?: string;
  /** Subtasks that write, at most. */
  readonly parallelism: number;
}

/** A test on virtual time; `at` is milliseconds since the test's beginning. */
export interface TestCase {
  readonly name: string;
  /** Rows of tables, instead of their files. */
  readonly tables: ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>;
  readonly steps: readonly TestStep[];
  /** By egress: each alert by a subset of its fields; exact count. */
  readonly expect: ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>;
  readonly path: Path;
}

export type TestStep =
  | {
      readonly kind: 'event';
      readonly ingress: string;
      readonly value: unknown;
      /** Fills the ingress's time field; absent: the value brings its own. */
      readonly at?: number;
      /** The event `times` times, each `every` milliseconds later. */
      readonly repeat?: { readonly times: number; readonly every: number };
      readonly path: Path;
    }
  | { readonly kind: 'watermark'; readonly at: number; readonly path: Path }
  | {
      readonly kind: 'tables';
      /** New rows by table. */
      readonly tables: ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>;
      readonly path: Path;
    }
  | { readonly kind: 'end'; readonly path: Path };
