/**
 * The trace of a checkpoint. Who takes part in one knows its number and when it was triggered, and needs to be told nothing
 * more: the identifiers are made of that.
 */
import { murmur3 } from '../common/murmur3.js';
import type { TraceContext } from './trace-context.js';

const encoder = new TextEncoder();

/** @returns the context of the checkpoint's own span, the first of its trace */
export function checkpointTrace(
  job: string,
  { checkpoint, timestamp }: { readonly checkpoint: number; readonly timestamp: number },
): TraceContext {
  const bytes = encoder.encode(`${checkpoint} ${timestamp} ${job}`);
  const word = (seed: number): string => (murmur3(bytes, seed) >>> 0).toString(16).padStart(8, '0');
  return { traceId: [0, 1, 2, 3].map(word).join(''), spanId: [4, 5].map(word).join('') };
}
