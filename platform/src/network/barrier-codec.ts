/** Barriers as bytes, in band and in announcements. */
import type { Alignment, CheckpointBarrier } from '../job/checkpoint-barrier.js';
import { CorruptBytesError, type ByteReader } from '../record/codec/byte-reader.js';
import type { ByteWriter } from '../record/codec/byte-writer.js';

/** By their numbers on the wire. */
const TYPES = ['checkpoint', 'savepoint'] as const satisfies readonly CheckpointBarrier['type'][];
const MODES = ['none', 'aligned', 'unaligned', 'aligned with timeout'] as const;
const THEN = ['continue', 'end', 'drain'] as const satisfies readonly CheckpointBarrier['then'][];

export function writeBarrier(
  { checkpoint, base, timestamp, type, alignment, then }: CheckpointBarrier,
  out: ByteWriter,
): void {
  out.varint(checkpoint);
  // No checkpoint has the number 0.
  out.varint(base ?? 0);
  out.double(timestamp);
  out.uint8(TYPES.indexOf(type));
  const timeoutMs = alignment.mode === 'aligned' ? alignment.timeoutMs : undefined;
  out.uint8(MODES.indexOf(timeoutMs === undefined ? alignment.mode : 'aligned with timeout'));
  if (timeoutMs !== undefined) out.double(timeoutMs);
  out.uint8(THEN.indexOf(then));
}

export function readBarrier(bytes: ByteReader): CheckpointBarrier {
  const checkpoint = bytes.varint();
  const base = bytes.varint();
  return {
    checkpoint,
    ...(base === 0 ? {} : { base }),
    timestamp: bytes.double(),
    type: oneOf(TYPES, bytes),
    alignment: readAlignment(bytes),
    then: oneOf(THEN, bytes),
  };
}

function readAlignment(bytes: ByteReader): Alignment {
  const mode = oneOf(MODES, bytes);
  return mode === 'aligned with timeout' ? { mode: 'aligned', timeoutMs: bytes.double() } : { mode };
}

function oneOf<T>(values: readonly T[], bytes: ByteReader): T {
  const index = bytes.uint8();
  const value = values[index];
  if (value === undefined) throw new CorruptBytesError(`${index} stands for none of ${values.join(', ')}`);
  return value;
}
