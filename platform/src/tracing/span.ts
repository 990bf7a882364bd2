/**
 * What took how long, as plain data: made wherever something is done, and given to whoever exports it. Identifiers are those
 * of W3C Trace Context, in lower-case hexadecimal.
 */
import type { TraceContext } from './trace-context.js';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface Span {
  readonly context: TraceContext;
  /** The span that it is a part of. Absent: it is the first of its trace. */
  readonly parent?: string;
  readonly name: string;
  /** Epoch milliseconds, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: SpanAttributes;
  /** What went wrong. */
  readonly failure?: string;
}
