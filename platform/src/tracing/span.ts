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
  /** Its record came from another program, or goes to one. Absent: neither. */
  readonly kind?: 'consumer' | 'producer';
  /** Epoch milliseconds, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: SpanAttributes;
  /** Spans of other traces, mostly, that it also comes from. */
  readonly links?: readonly TraceContext[];
  /** What went wrong. */
  readonly failure?: string;
}
