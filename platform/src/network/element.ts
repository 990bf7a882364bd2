/** What travels between tasks, in order: frames of records, watermarks, barriers, notes of idleness and of its end, and the end. */
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { DeadLetter } from '../record/dead-letter.js';
import type { Key } from '../record/key.js';
import type { StreamRecord } from '../record/stream-record.js';
import type { TraceContext } from '../tracing/trace-context.js';

/** Records of a dataflow's edge; dead letters on the edges that lead to dead-letter egresses. */
export type Payload = StreamRecord | DeadLetter;

/** A record of a frame that is followed. */
export interface FrameTrace {
  /** Of the record in the frame. */
  readonly index: number;
  /** The span that gave it out. */
  readonly context: TraceContext;
}

export interface FrameElement {
  readonly kind: 'frame';
  readonly records: readonly Payload[];
  /** keys[i] belongs to records[i]; undefined where it has no usable key, absent on edges without keys. */
  readonly keys: readonly (Key | undefined)[] | undefined;
  /** In the order of the records, one of each at most. Absent where none is followed. */
  readonly traces?: readonly FrameTrace[];
}

export type StreamElement =
  | FrameElement
  | { readonly kind: 'watermark'; readonly watermark: number }
  | { readonly kind: 'barrier'; readonly barrier: CheckpointBarrier }
  | { readonly kind: 'idle' }
  | { readonly kind: 'active' }
  | { readonly kind: 'end' };
