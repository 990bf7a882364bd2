/**
 * What a connector declares, once: its name in the application file, its options and how to make its source or sink.
 * `tidegate list`, the JSON Schema, the reference page and the linting are generated from it.
 */
import type { Decisions } from './decisions.js';
import type { AddressPolicy } from '../calling/address-rules.js';
import type { ConfigOf, Fields, OptionFault } from './declaration.js';
import type { Format } from './format.js';
import type { ConnectorMetrics } from './metrics.js';
import type { Delivery, Sink } from './sink.js';
import type { Source } from './source.js';

/** What the host gives a connector: nothing else of the world is reached except by the connector's own I/O. */
export interface ConnectorContext {
  /** The job's name. */
  readonly job: string;
  /** The ingress's or egress's name, for messages. */
  readonly name: string;
  /** The folder of the application file: relative paths are taken from here. */
  readonly baseDir: string;
  /** A folder that belongs to this ingress or egress and survives restarts (`.tidegate/<job>/<name>`). */
  readonly stateDir: string;
  /** Wall clock, epoch milliseconds. */
  now(): number;
  /** Calls back after `ms`; the returned function cancels. */
  schedule(ms: number, callback: () => void): () => void;
  /** A uniformly distributed number in [0, 1). */
  random(): number;
  /** Reports an error that cannot be thrown to a caller (usually a `ConnectorError`); the job fails with it. */
  fail(error: Error): void;
  /** A line worth reading for whoever runs the job: an address that now listens, a retry. Never a record's content. */
  log?(message: string): void;
  /** Tells that a line was reached at which a test may want the process to die. Names are `fileSink.midCommit` and such. */
  failpoint?(name: string): void;
  /** Which hosts an egress may call. Absent: as for an application of one's own. */
  readonly callable?: AddressPolicy;
  /** The header that says, by secrets, who has sent a body and when. Throws a RangeError for secrets that can be guessed. */
  sign?(secrets: readonly string[], body: Uint8Array): { readonly name: string; readonly value: string };
  /** Where who sends events to this ingress waits for what is decided. Absent: nobody does. */
  readonly decisions?: Decisions;
  /** Of this ingress or egress. Absent: nobody counts. */
  readonly metrics?: ConnectorMetrics;
}

export interface SourceFactory<F extends Fields = Fields> {
  readonly name: string;
  readonly description: string;
  readonly options: F;
  /** The option that may be written alone, as `file: x.jsonl` for `file: { path: x.jsonl }`. */
  readonly shorthand?: string;
  /** How the user writes it, as YAML below an ingress's name. */
  readonly example: string;
  /** What a user should know about losses after a crash; shown as a warning by `validate`. */
  readonly warning?: string;
  /** Why it cannot be read where no checkpoint is taken; `validate` then refuses it. */
  readonly needsCheckpoints?: string;
  /** What is wrong with options that are each of the form that was declared: `validate` says it at the option. */
  check?(options: ConfigOf<F>): OptionFault | undefined;
  /** Throws a `ConnectorError` with the code `invalid-option` when the options cannot work together. */
  createSource(options: ConfigOf<F>, format: Format, context: ConnectorContext): Source;
}

export interface SinkFactory<F extends Fields = Fields> {
  readonly name: string;
  readonly description: string;
  /**
   * Expressions and templates among them are those of the record on its way out: their values come with each
   * `OutgoingRecord`, and the sink finds them not among its options. A template without expressions is plain text there.
   */
  readonly options: F;
  /** The option that may be written alone. */
  readonly shorthand?: string;
  readonly example: string;
  readonly deliveries: readonly Delivery[];
  /** Each record is a message of its own, which may be any bytes. */
  readonly takesMessages?: true;
  /** The format of an egress that names none. Default: json. */
  readonly defaultFormat?: string;
  /** How many subtasks may write at most: 1 where all must go through one writer, as into one file. Default: any number. */
  maxParallelism?(options: ConfigOf<F>): number | undefined;
  /** `header` is the encoder's: text that stands before the first record of a file. */
  createSink(options: ConfigOf<F>, context: ConnectorContext, header: string | undefined): Sink;
}

export interface Connector {
  readonly name: string;
  readonly source?: SourceFactory;
  readonly sink?: SinkFactory;
}

/** Declares a source and checks it against its own options; kept among others, it takes options that were validated. */
export function declareSource<const F extends Fields>(factory: SourceFactory<F>): SourceFactory {
  // The options' type is widened: what calls it has validated them against `options`.
  return factory as SourceFactory;
}

/** The same for a sink. */
export function declareSink<const F extends Fields>(factory: SinkFactory<F>): SinkFactory {
  return factory as SinkFactory;
}
