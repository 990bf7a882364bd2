/**
 * A whole JSON document whose records lie at a path. Offsets are the records' indexes in document order.
 *
 * Invariants
 * - Nothing is given before the document has ended; at most `maxDocumentBytes` of it are kept.
 * - Not seekable: it is fed from the beginning and keeps back the records before its offset.
 */
import { isUtf8 } from 'node:buffer';
import { BadRecordError, type FrameSink, type Framer } from '../api/index.js';
import { isPlainRecord, NOT_AN_OBJECT } from './json-record.js';
import { mayBeUnusual, parseJson, parseUsualJson } from './json-text.js';
import { recordsAt, type RecordPath } from './record-path.js';

const EXCERPT_CHARACTERS = 1024;

export class JsonDocumentFramer implements Framer {
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(
    /** Index of the first record to give. */
    public position: number,
    readonly path: RecordPath,
    readonly maxDocumentBytes: number,
  ) {}

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.maxDocumentBytes) this.#chunks.push(Buffer.from(chunk));
    else this.#chunks = [];
  }

  end(sink: FrameSink): void {
    if (this.#bytes === 0) return;
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    if (this.#bytes > this.maxDocumentBytes) {
      return sink.bad('', 0, `a document longer than ${this.maxDocumentBytes} bytes`);
    }
    if (!isUtf8(bytes)) return sink.bad('', 0, 'not valid UTF-8');
    const text = bytes.toString().replace(/^\ufeff/, '');
    try {
      const document = mayBeUnusual(bytes) ? parseJson(text) : parseUsualJson(text);
      this.#give(document, sink);
    } catch (error) {
      if (!(error instanceof BadRecordError)) throw error;
      sink.bad(text.slice(0, EXCERPT_CHARACTERS), 0, error.reason);
    }
  }

  #give(document: unknown, sink: FrameSink): void {
    const records = recordsAt(document, this.path);
    if (typeof records === 'string') throw new BadRecordError(records);
    for (let index = this.position; index < records.length; index++) {
      const record = records[index];
      this.position = index + 1;
      if (isPlainRecord(record)) sink.payload(record, index);
      else sink.bad(String(JSON.stringify(record, bigintAsText)).slice(0, EXCERPT_CHARACTERS), index, NOT_AN_OBJECT);
    }
  }
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
