/**
 * Cuts a split's bytes into lines. A line ends at LF or CRLF, the last one also at the end of the split; blank lines are
 * skipped; a byte order mark at the beginning is left out. Offsets are byte positions.
 *
 * Invariants
 * - Whole lines only are decoded, so a character is never cut in two; a line that is no valid UTF-8 is bad by itself.
 * - At most `maxRecordBytes` of an unfinished line are kept: the rest of an overlong line is passed over.
 * - The common case costs one decoding a chunk and one search a line: a chunk of ASCII needs no byte counting.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import type { FrameSink, Framer } from '../api/index.js';

export interface LineFramerOptions {
  readonly maxRecordBytes: number;
  /**
   * Whether lines outlive their decoding. A line cut from a chunk's text keeps the whole chunk in memory, which does not
   * matter where the line is parsed at once and dropped.
   */
  readonly detached: boolean;
  /** Gives blank lines too, and leaves the CR of a line end on the line: for formats whose records span lines. */
  readonly verbatim?: boolean;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
/** Anything but blanks and control characters of ASCII. */
const VISIBLE = /[^\0- ]/;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');
/** How much of a bad line is kept for whoever looks at it. */
const RAW_EXCERPT_BYTES = 1024;

export class LineFramer implements Framer {
  readonly #options: LineFramerOptions;
  /** Position of the next byte to come. */
  #position: number;
  /** Start of the line in work. */
  #lineStart: number;
  /** What is kept of the line in work, from earlier chunks. */
  #carried: Uint8Array[] = [];
  #carriedBytes = 0;
  #isOverlong = false;
  /** The first bytes of the split while they may still become a byte order mark; undefined after that. */
  #head: Buffer | undefined;

  constructor(offset: number, options: LineFramerOptions) {
    this.#position = offset;
    this.#lineStart = offset;
    this.#options = options;
    if (offset === 0) this.#head = Buffer.alloc(0);
  }

  get position(): number {
    return this.#lineStart;
  }

  push(chunk: Uint8Array, sink: FrameSink): void {
    const bytes = this.#withoutMark(asBuffer(chunk));
    if (bytes !== undefined) this.#push(bytes, sink);
  }

  end(sink: FrameSink): void {
    // Less than a whole mark is content, such as it is.
    if (this.#head !== undefined && this.#head.length > 0) this.#push(this.#head, sink);
    this.#head = undefined;
    if (this.#lineStart < this.#position) this.#finishCarried(sink);
    this.#lineStart = this.#position;
  }

  /** The bytes after a byte order mark; undefined while there are too few to tell. */
  #withoutMark(bytes: Buffer): Buffer | undefined {
    if (this.#head === undefined) return bytes;
    const head = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    if (head.length < BYTE_ORDER_MARK.length && head.equals(BYTE_ORDER_MARK.subarray(0, head.length))) {
      this.#head = Buffer.from(head);
      return undefined;
    }
    this.#head = undefined;
    if (!head.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) return head;
    this.#position = BYTE_ORDER_MARK.length;
    this.#lineStart = BYTE_ORDER_MARK.length;
    return head.subarray(BYTE_ORDER_MARK.length);
  }

  #push(bytes: Buffer, sink: FrameSink): void {
    let from = 0;
    if (this.#lineStart < this.#position) {
      const feed = bytes.indexOf(LINE_FEED);
      if (feed === -1) return this.#carry(bytes);
      this.#carry(bytes.subarray(0, feed));
      this.#finishCarried(sink);
      from = feed + 1;
      this.#position += 1;
      this.#lineStart = this.#position;
    }
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end > from) {
      this.#lines(bytes.subarray(from, end), sink);
      this.#position += end - from;
      this.#lineStart = this.#position;
      from = end;
    }
    this.#carry(bytes.subarray(from));
  }

  #carry(bytes: Buffer): void {
    this.#position += bytes.length;
    if (this.#carriedBytes + bytes.length > this.#options.maxRecordBytes + 1) {
      // One byte more than allowed is kept while it may be the CR of a line end.
      this.#isOverlong = true;
      this.#carried = [
        Buffer.concat([...this.#carried, bytes.subarray(0, RAW_EXCERPT_BYTES)]).subarray(0, RAW_EXCERPT_BYTES),
      ];
      this.#carriedBytes = RAW_EXCERPT_BYTES;
      return;
    }
    if (this.#isOverlong || bytes.length === 0) return;
    // A copy: the chunk belongs to the caller again after push.
    this.#carried.push(Buffer.from(bytes));
    this.#carriedBytes += bytes.length;
  }

  #finishCarried(sink: FrameSink): void {
    const line = Buffer.concat(this.#carried);
    const isOverlong = this.#isOverlong;
    this.#carried = [];
    this.#carriedBytes = 0;
    this.#isOverlong = false;
    if (isOverlong) this.#tooLong(line, this.#lineStart, sink);
    else this.#line(line, this.#lineStart, sink);
  }

  /** Whole lines, the last byte being a line feed. */
  #lines(bytes: Buffer, sink: FrameSink): void {
    if (isAscii(bytes)) this.#asciiLines(bytes, sink);
    else if (isUtf8(bytes)) this.#utf8Lines(bytes, sink);
    else this.#invalidLines(bytes, sink);
  }

  #asciiLines(bytes: Buffer, sink: FrameSink): void {
    const { maxRecordBytes, detached } = this.#options;
    const text = bytes.toString('latin1');
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      if (end - start > maxRecordBytes) this.#text(text.slice(start, end), end - start, this.#position + start, sink);
      else {
        const line = detached ? bytes.toString('latin1', start, end) : text.slice(start, end);
        this.#emit(line, this.#position + start, sink);
      }
      start = end + 1;
    }
  }

  #utf8Lines(bytes: Buffer, sink: FrameSink): void {
    const text = bytes.toString();
    let position = 0;
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const line = text.slice(start, end);
      const lineBytes = Buffer.byteLength(line);
      const own = this.#options.detached ? bytes.toString('utf8', position, position + lineBytes) : line;
      this.#text(own, lineBytes, this.#position + position, sink);
      position += lineBytes + 1;
      start = end + 1;
    }
  }

  /** Line by line, as one of them is no valid UTF-8. */
  #invalidLines(bytes: Buffer, sink: FrameSink): void {
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
      this.#line(bytes.subarray(start, end), this.#position + start, sink);
      start = end + 1;
    }
  }

  #line(bytes: Buffer, offset: number, sink: FrameSink): void {
    if (isUtf8(bytes)) this.#text(bytes.toString(), bytes.length, offset, sink);
    else sink.bad(bytes.subarray(0, RAW_EXCERPT_BYTES).toString(), offset, 'not valid UTF-8');
  }

  /** A line of `bytes` bytes that may be too long. */
  #text(text: string, bytes: number, offset: number, sink: FrameSink): void {
    const lineEndBytes = text.charCodeAt(text.length - 1) === CARRIAGE_RETURN ? 1 : 0;
    if (bytes - lineEndBytes > this.#options.maxRecordBytes) {
      this.#tooLong(Buffer.from(text.slice(0, RAW_EXCERPT_BYTES)), offset, sink);
    } else this.#emit(text, offset, sink);
  }

  #emit(text: string, offset: number, sink: FrameSink): void {
    if (this.#options.verbatim) return sink.payload(text, offset);
    const line = text.charCodeAt(text.length - 1) === CARRIAGE_RETURN ? text.slice(0, -1) : text;
    // Most lines begin with a visible character: only the others have to be looked through.
    if (line.charCodeAt(0) > SPACE || VISIBLE.test(line)) sink.payload(line, offset);
  }

  #tooLong(start: Buffer, offset: number, sink: FrameSink): void {
    const excerpt = start.subarray(0, RAW_EXCERPT_BYTES).toString();
    sink.bad(excerpt, offset, `longer than ${this.#options.maxRecordBytes} bytes`);
  }
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
