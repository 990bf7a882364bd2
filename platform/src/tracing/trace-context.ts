/**
 * The place in a trace that what is done next belongs to: W3C Trace Context (https://www.w3.org/TR/trace-context/). Only
 * sampled traces are carried on; of others it is known only that whoever began them does not want them.
 */
import type { Random } from '../common/random.js';

export interface TraceContext {
  /** 32 digits. */
  readonly traceId: string;
  /** 16 digits: of the span that is the parent of the next. */
  readonly spanId: string;
}

/** What somebody else says of a trace. */
export interface Traceparent extends TraceContext {
  readonly isSampled: boolean;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;

/** @returns undefined for what is none */
export function parseTraceparent(text: string): Traceparent | undefined {
  const [, traceId, spanId, flags, rest] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  // Of version 00 all is known: nothing may follow.
  if (rest !== undefined && text.startsWith('00')) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
}

/** Of a sampled trace. */
export function traceparentOf({ traceId, spanId }: TraceContext): string {
  return `00-${traceId}-${spanId}-01`;
}

/** How much of a trace's identifier, at its end, decides whether it is sampled: 52 of the 56 bits that are to be random. */
const DECIDING_DIGITS = 13;

/**
 * From 0 to 1, the same for all who look at the trace: those who sample the part `r` of all traces want it if this is no
 * less than 1 - r (https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/).
 */
export function drawOf({ traceId }: TraceContext): number {
  return Number.parseInt(traceId.slice(-DECIDING_DIGITS), 16) / 16 ** DECIDING_DIGITS;
}

export class TraceIds {
  constructor(private readonly random: Random) {}

  newTrace(): TraceContext {
    return { traceId: this.#digits(32), spanId: this.#digits(16) };
  }

  /** A trace of which `drawOf` says what was drawn before, from 0 to 1 without 1. */
  drawnTrace(draw: number): TraceContext {
    const end = Math.floor(draw * 16 ** DECIDING_DIGITS).toString(16);
    const traceId = this.#digits(32 - DECIDING_DIGITS) + end.padStart(DECIDING_DIGITS, '0');
    return { traceId, spanId: this.#digits(16) };
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
    digits = digits.slice(0, count);
    // All zeros mean none.
    return /[1-9a-f]/.test(digits) ? digits : this.#digits(count);
  }
}
