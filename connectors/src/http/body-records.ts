/**
 * A body's records, all of them checked: a request is taken as a whole or not at all, so that its sender knows what to
 * send again.
 */
import { BadRecordError, type Format } from '../api/index.js';

/** Where a record of a body is bad: its index among the body's records, and its offset as the format counts it. */
export interface BadPosition {
  readonly record: number;
  readonly offset: number;
  readonly reason: string;
}

const MAX_POSITIONS = 20;

export type BodyRecords =
  | { readonly kind: 'records'; readonly payloads: readonly unknown[] }
  /** `count` bad records, of which the first are told. */
  | { readonly kind: 'bad'; readonly count: number; readonly positions: readonly BadPosition[] };

export function readBody(format: Format, body: Uint8Array, mediaType: string | undefined): BodyRecords {
  const payloads: unknown[] = [];
  const positions: BadPosition[] = [];
  let count = 0;
  const refuse = (offset: number, reason: string): void => {
    if (++count <= MAX_POSITIONS) positions.push({ record: payloads.length + count - 1, offset, reason });
  };
  const sink = {
    payload: (payload: unknown, offset: number): void => {
      try {
        format.decode(payload);
        payloads.push(payload);
      } catch (error) {
        if (!(error instanceof BadRecordError)) throw error;
        refuse(offset, error.reason);
      }
    },
    bad: (_raw: string, offset: number, reason: string): void => refuse(offset, reason),
  };
  const framer = format.createFramer(0, mediaType);
  framer.push(body, sink);
  framer.end(sink);
  return count === 0 ? { kind: 'records', payloads } : { kind: 'bad', count, positions };
}
