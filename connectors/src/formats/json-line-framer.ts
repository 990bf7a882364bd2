/**
 * JSON Lines: cuts lines and sorts out, a chunk at a time, those for which `JSON.parse` is not enough.
 *
 * Invariant: a payload is either text that `JSON.parse` reads exactly (nearly always), or the value itself.
 */
import { BadRecordError, type FrameSink, type Framer } from '../api/index.js';
import { mayBeUnusual, parseJson } from './json-text.js';
import { LineFramer } from './line-framer.js';

export class JsonLineFramer implements Framer {
  readonly #lines: LineFramer;
  readonly #careful = new CarefulSink();
  #position: number;

  constructor(offset: number, maxRecordBytes: number) {
    this.#lines = new LineFramer(offset, { maxRecordBytes, detached: false });
    this.#position = offset;
  }

  get position(): number {
    return this.#lines.position;
  }

  push(chunk: Uint8Array, sink: FrameSink): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    // A line that began in an earlier chunk was never seen as a whole.
    this.#careful.use(sink, mayBeUnusual(bytes) ? Infinity : this.#position);
    this.#lines.push(bytes, this.#careful);
    this.#position += bytes.length;
  }

  end(sink: FrameSink): void {
    this.#careful.use(sink, Infinity);
    this.#lines.end(this.#careful);
  }
}

/** Passes lines on as they are from a certain position, and parses those before it. */
class CarefulSink implements FrameSink {
  #sink: FrameSink | undefined;
  #usualFrom = 0;

  use(sink: FrameSink, usualFrom: number): void {
    this.#sink = sink;
    this.#usualFrom = usualFrom;
  }

  payload(payload: unknown, offset: number): void {
    if (offset >= this.#usualFrom || typeof payload !== 'string' || !mayBeUnusual(Buffer.from(payload))) {
      this.#sink?.payload(payload, offset);
      return;
    }
    try {
      this.#sink?.payload(parseJson(payload), offset);
    } catch (error) {
      if (!(error instanceof BadRecordError)) throw error;
      this.bad(payload, offset, error.reason);
    }
  }

  bad(raw: string, offset: number, reason: string): void {
    this.#sink?.bad(raw, offset, reason);
  }
}
