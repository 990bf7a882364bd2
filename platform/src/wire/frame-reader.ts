/**
 * Finds the frames in a stream of bytes, in whatever pieces it comes.
 *
 * Invariants
 * - A frame is given out whole and as it was sent, or not at all: the first that is not as it should be is a WireError, and
 *   nothing is read behind it.
 * - A length is looked at before anything is kept for it: nobody makes a process hold more than one frame of `payloadBytesMax`.
 */
import { checksumOf, HEADER, HEADER_BYTES } from './frame-writer.js';
import { WireError } from './wire-error.js';

/** @param payload a view that nobody writes to any more */
export type TakeFrame = (payload: Buffer, channel: number) => void;

export class FrameReader {
  /** What has come of the next frame, and how much of it. Undefined: nothing. */
  #partial: Buffer | undefined;
  #filled = 0;
  #sequence = 0;

  /** @param payloadBytesMax of frames that come from now on: little before one knows who speaks */
  constructor(public payloadBytesMax: number) {}

  /**
   * @param chunk what has come; payloads may be views of it
   * @param take called with each payload, in order; may throw, and then nothing more is to be read
   * @throws WireError
   */
  read(chunk: Buffer, take: TakeFrame): void {
    let rest = chunk;
    while (rest.length > 0)
      rest = this.#partial === undefined ? this.#begin(rest, take) : this.#go(this.#partial, rest, take);
  }

  /** Of a stream that ended. @throws WireError in the middle of a frame */
  end(): void {
    if (this.#partial !== undefined) throw new WireError('malformed', 'the connection ended in the middle of a frame');
  }

  /** At a frame's first byte. Returns what is behind what was used. */
  #begin(bytes: Buffer, take: TakeFrame): Buffer {
    if (bytes.length >= HEADER_BYTES) {
      const size = HEADER_BYTES + this.#lengthIn(bytes);
      if (bytes.length >= size) {
        this.#give(bytes.subarray(0, size), take);
        return bytes.subarray(size);
      }
    }
    this.#partial = Buffer.allocUnsafe(HEADER_BYTES);
    this.#filled = 0;
    return bytes;
  }

  /** In the middle of a frame. */
  #go(partial: Buffer, bytes: Buffer, take: TakeFrame): Buffer {
    const count = bytes.copy(partial, this.#filled, 0, partial.length - this.#filled);
    this.#filled += count;
    if (this.#filled === HEADER_BYTES) {
      const whole = Buffer.allocUnsafe(HEADER_BYTES + this.#lengthIn(partial));
      partial.copy(whole);
      this.#partial = whole;
    }
    if (this.#filled === this.#partial?.length) {
      const frame = this.#partial;
      this.#partial = undefined;
      this.#give(frame, take);
    }
    return bytes.subarray(count);
  }

  #lengthIn(header: Buffer): number {
    const length = header.readUInt32BE(HEADER.length);
    if (length > this.payloadBytesMax)
      throw new WireError('malformed', `a frame of ${length} bytes begins; ${this.payloadBytesMax} are the most`);
    return length;
  }

  #give(frame: Buffer, take: TakeFrame): void {
    const payload = frame.subarray(HEADER_BYTES);
    if (frame.readUInt32BE(HEADER.checksum) !== checksumOf(frame, payload))
      throw new WireError('checksum', `the checksum of frame ${this.#sequence} does not fit`);
    const sequence = frame.readUInt32BE(HEADER.sequence);
    if (sequence !== this.#sequence)
      throw new WireError('sequence', `frame ${sequence} came in place of ${this.#sequence}`);
    this.#sequence = (this.#sequence + 1) >>> 0;
    take(payload, frame.readUInt32BE(HEADER.channel));
  }
}
