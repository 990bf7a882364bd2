/**
 * The place in a trace that what is done next belongs to: W3C Trace Context (https://www.w3.org/TR/trace-context/). Only
 * sampled traces are carried; of others there is nothing to know.
 */
import type { Random } from '../common/random.js';

export interface TraceContext {
  /** 32 digits. */
  readonly traceId: string;
  /** 16 digits: of the span that is the parent of the next. */
  readonly spanId: string;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;

/** @returns undefined for what is none, or is not sampled */
export function parseTraceparent(text: string): TraceContext | undefined {
  const [, traceId, spanId, flags, rest] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  // Of version 00 all is known: nothing may follow.
  if (rest !== undefined && text.startsWith('00')) return undefined;
  return (Number.parseInt(flags, 16) & SAMPLED) === 0 ? undefined : { traceId, spanId };
}

export function traceparentOf({ traceId, spanId }: TraceContext): string {
  return `00-${traceId}-${spanId}-01`;
}

export class TraceIds {
  constructor(private readonly random: Random) {}

  newTrace(): TraceContext {
    return { traceId: this.#digits(32), spanId: this.#digits(16) };
  }

  /** A span within the trace. */
  within({ traceId }: TraceContext): TraceContext {
    return { traceId, spanId: this.#digits(16) };
  }

  #digits(count: number): string {
    let digits = '';
    while (digits.length < count)
      digits += Math.floor(this.random.next() * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    // All zeros mean none.
    return /[1-9a-f]/.test(digits) ? digits : this.#digits(count);
  }
}
