/**
 * An element's bytes, in pieces of a bounded size: a frame of many records becomes several frames. One record is never
 * divided, so a piece may be larger than the target, up to the limit.
 */
import { ChannelError } from './channel-error.js';
import type { ElementWriter } from './element-ends.js';
import type { FrameElement, StreamElement } from './element.js';
import { partOf } from './frame-traces.js';

/** Frames beyond this are divided. */
const PIECE_BYTES = 1024 * 1024;

export class ElementPieces {
  /** @param bytesMax of one piece */
  constructor(
    private readonly writer: ElementWriter,
    private readonly bytesMax: number,
  ) {}

  /** @param emit given the bytes of each piece, in order; they are good until it returns */
  write(element: StreamElement, emit: (piece: Uint8Array) => void): void {
    const piece = this.writer.write(element);
    const { length } = piece;
    if (length > PIECE_BYTES && element.kind === 'frame' && element.records.length > 1) {
      this.writer.discard();
      for (const half of halves(element)) this.write(half, emit);
      return;
    }
    if (length > this.bytesMax)
      throw new ChannelError(
        'too-large',
        `a record of ${length} bytes is larger than the ${this.bytesMax} bytes allowed`,
      );
    emit(piece);
  }
}

function halves(frame: FrameElement): FrameElement[] {
  const middle = frame.records.length >> 1;
  return [partOf(frame, 0, middle), partOf(frame, middle)];
}
