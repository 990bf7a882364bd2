/**
 * The contract of a format: how bytes become payloads (framing), payloads become values (decoding), and values become
 * bytes again (encoding).
 *
 * Invariants
 * - A framer keeps its place across chunks; offsets are those of SourceBatch.
 * - `decode` throws `BadRecordError` and nothing else on bad input, in time and memory linear in the input.
 * - Decoded maps are plain objects whose keys are own properties, `__proto__` included.
 */
import type { ConfigOf, Fields, OptionFault } from './declaration.js';

/** A record that cannot be read. `reason` is short and has nothing of the record's own content in it. */
export class BadRecordError extends Error {
  override readonly name = 'BadRecordError';
  constructor(readonly reason: string) {
    super(reason);
  }
}

/** A record that a format cannot write as its schema says. `reason` names the field and the rule, and has nothing of the record's own content in it. */
export class UnwritableRecordError extends Error {
  override readonly name = 'UnwritableRecordError';
  constructor(readonly reason: string) {
    super(reason);
  }
}

/** What a framer finds in a chunk: payloads with their offsets, and what could not be framed. */
export interface FrameSink {
  payload(payload: unknown, offset: number): void;
  bad(raw: string, offset: number, reason: string): void;
}

export interface Framer {
  /** The offset at which a new framer would go on: that of the record in work. */
  readonly position: number;
  /** Takes the next chunk of one split; complete payloads go to `sink`. The chunk may be kept until the next call. */
  push(chunk: Uint8Array, sink: FrameSink): void;
  /** The split has ended: what is left is a payload, or bad. */
  end(sink: FrameSink): void;
}

export interface Format {
  /**
   * Whether a framer can start in the middle: then offsets are byte positions and the first chunk begins at `offset`.
   * Otherwise it is always fed from the split's beginning and keeps back the records before `offset`.
   */
  readonly seekable: boolean;
  /** Media types of the bodies that this format takes over HTTP; the first is how files are framed. */
  readonly mediaTypes: readonly [string, ...string[]];
  /** A framer for one split (or for one body of `mediaType`), starting at `offset` (0 is the beginning). */
  createFramer(offset: number, mediaType?: string): Framer;
  /**
   * One payload to one value: a plain object with the record's fields. A payload that is already an object (a CSV
   * row, an element of a document, a generated record) is given back as it is.
   */
  decode(payload: unknown): unknown;
  /** Whether decoded scalars are text that the schema must still convert (CSV, regex groups). */
  readonly textual: boolean;
  /** A message of a broker is decoded from its bytes (a Buffer), not from its text. */
  readonly binary?: true;
  /**
   * To be awaited before a message of a broker is decoded: fetches what it is decoded by.
   * @returns undefined where all is there; rejects with a ConnectorError
   */
  prepare?(payload: Uint8Array): Promise<void> | undefined;
}

export type FormatUse = 'read' | 'write';

export interface FormatContext {
  readonly maxRecordBytes: number;
  /** The folder of the application file: relative paths are taken from here. */
  readonly baseDir: string;
}

export interface Encoder {
  /** One value to one record's payload, without the record separator. @throws UnwritableRecordError where it does not fit a schema */
  encode(value: unknown): string | Uint8Array;
  /** Bytes among the values are wanted as they are, not as the base64 text that JSON makes of them. */
  readonly takesBytes?: true;
  /** A record that cannot be written is kept beside, with the reason; otherwise it fails the job. */
  readonly keepsUnwritable?: boolean;
  /** To be awaited before the first record: fetches what it encodes by. Rejects with a ConnectorError. */
  open?(): Promise<void>;
  /** Text that stands before the first record of a file (a CSV header), if any. */
  readonly header?: string;
}

export interface FormatFactory<F extends Fields = Fields> {
  readonly name: string;
  readonly description: string;
  readonly options: F;
  /** The option that may be written alone, as `lines: "(?<a>.*)"` for `lines: { pattern: "(?<a>.*)" }`. */
  readonly shorthand?: string;
  /** How the user writes it, as YAML below `format:`. */
  readonly example: string;
  /** Written are whole messages, in bytes: only a sink that has messages takes them. */
  readonly writesMessages?: true;
  /** What is wrong with options that are each of the form that was declared: `validate` says it at the option. */
  check?(options: ConfigOf<F>, use: FormatUse): OptionFault | undefined;
  createFormat?(options: ConfigOf<F>, context: FormatContext): Format;
  createEncoder?(options: ConfigOf<F>, context: Pick<FormatContext, 'baseDir'>): Encoder;
}

/** Declares a format and checks it against its own options; kept among others, it takes options that were validated. */
export function declareFormat<const F extends Fields>(factory: FormatFactory<F>): FormatFactory {
  // The options' type is widened: what calls it has validated them against `options`.
  return factory as FormatFactory;
}
