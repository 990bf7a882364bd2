/** All elements but frames as bytes, behind their kind. */
import { CorruptBytesError, type ByteReader } from '../record/codec/byte-reader.js';
import type { ByteWriter } from '../record/codec/byte-writer.js';
import { readBarrier, writeBarrier } from './barrier-codec.js';
import type { FrameElement, StreamElement } from './element.js';

/** An element's first byte. */
export const KIND = { frame: 0, watermark: 1, barrier: 2, idle: 3, active: 4, end: 5 } as const;

export function writeControl(element: Exclude<StreamElement, FrameElement>, out: ByteWriter): void {
  out.uint8(KIND[element.kind]);
  switch (element.kind) {
    case 'watermark':
      return out.double(element.watermark);
    case 'barrier':
      return writeBarrier(element.barrier, out);
  }
}

/** What is behind the kind. */
export function readControl(kind: number, bytes: ByteReader): StreamElement {
  switch (kind) {
    case KIND.watermark:
      return { kind: 'watermark', watermark: bytes.double() };
    case KIND.barrier:
      return { kind: 'barrier', barrier: readBarrier(bytes) };
    case KIND.idle:
      return { kind: 'idle' };
    case KIND.active:
      return { kind: 'active' };
    case KIND.end:
      return { kind: 'end' };
    default:
      throw new CorruptBytesError(`no element begins with ${kind}`);
  }
}

export function refuseRest(bytes: ByteReader): void {
  if (bytes.remaining > 0) throw new CorruptBytesError(`${bytes.remaining} bytes are left behind an element`);
}
