/**
 * Which records of a frame are followed, and where their traces are: beside the records, as they are few, and as records are
 * the same whether somebody follows them or not.
 *
 * Invariants
 * - In the order of their records, and one of a record at most.
 * - They are in no checkpoint: a record that a barrier overtook is followed no more when it is restored.
 */
import { CorruptBytesError, type ByteReader } from '../record/codec/byte-reader.js';
import type { ByteWriter } from '../record/codec/byte-writer.js';
import { parseTraceparent, traceparentOf } from '../tracing/trace-context.js';
import type { FrameElement, FrameTrace } from './element.js';

/** The part of a frame from one record to another (exclusive). */
export function partOf({ records, keys, traces }: FrameElement, from: number, to = records.length): FrameElement {
  const part = { kind: 'frame', records: records.slice(from, to), keys: keys?.slice(from, to) } as const;
  const within = traces?.filter(({ index }) => index >= from && index < to);
  if (within === undefined || within.length === 0) return part;
  return { ...part, traces: within.map(({ index, context }) => ({ index: index - from, context })) };
}

export function writeTraces(traces: readonly FrameTrace[], out: ByteWriter): void {
  out.varint(traces.length);
  for (const { index, context } of traces) {
    out.varint(index);
    out.string(traceparentOf(context));
  }
}

/** @param records how many the frame has */
export function readTraces(bytes: ByteReader, records: number): readonly FrameTrace[] {
  const traces: FrameTrace[] = [];
  let next = 0;
  for (let left = bytes.count(); left > 0; left--) {
    const index = bytes.varint();
    const parent = parseTraceparent(bytes.string());
    if (parent === undefined || index < next || index >= records)
      throw new CorruptBytesError(`no record ${index} is followed in a frame of ${records}`);
    traces.push({ index, context: { traceId: parent.traceId, spanId: parent.spanId } });
    next = index + 1;
  }
  return traces;
}
