/**
 * The two ends of a channel's codec. What one end writes only the other one reads, once and in order: they may refer to what
 * passed before.
 */
import type { StreamElement } from './element.js';

export interface ElementWriter {
  /** @returns its bytes, good until a writer of this thread writes the next element */
  write(element: StreamElement): Uint8Array;
  /** The last element's bytes will not be sent. */
  discard(): void;
}

export interface ElementReader {
  /** @param bytes one element's, exactly; at a multiple of 8 of their buffer it is quicker */
  read(bytes: Uint8Array): StreamElement;
}

/** A codec for both ends: what its writers write, it reads. */
export interface ElementEnds extends ElementReader {
  /** One for each channel may be had, or one for many. */
  writer(): ElementWriter;
}
