/**
 * Reads a log from a sequence number on, up to what is on the disk for good.
 *
 * Invariant: reads blocks of a bounded size, except for an entry that is larger.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { ConnectorError } from '../api/index.js';
import { decodeBody, readEntry } from './entry.js';
import type { EventLog } from './event-log.js';
import type { Segment } from './segment.js';

const BLOCK_BYTES = 256 * 1024;

export interface LogBlock {
  readonly payloads: readonly unknown[];
  /** Sequence number of payloads[0]. */
  readonly first: number;
  readonly bytes: number;
}

export class LogCursor {
  #segment: Segment | undefined;
  #handle: FileHandle | undefined;
  /** Byte position in the segment, and the sequence number there. */
  #position = 0;
  #sequence = 0;

  constructor(
    readonly log: EventLog,
    /** The first sequence number that is wanted. */
    readonly from: number,
  ) {}

  /** Bytes on the disk that were not read yet. */
  get unreadBytes(): number {
    const reached = this.#segment === undefined ? this.from : this.#sequence;
    let bytes = 0;
    for (const segment of this.log.segments) {
      if (segment === this.#segment) bytes += segment.bytes - this.#position;
      else if (segment.next > reached) bytes += segment.bytes;
    }
    return bytes;
  }

  /** The next entries, or undefined when there are none now. */
  async next(): Promise<LogBlock | undefined> {
    for (;;) {
      const segment = await this.#segmentInWork();
      if (segment === undefined) return undefined;
      const block = await this.#readBlock(segment);
      const skipped = Math.min(block.payloads.length, Math.max(0, this.from - block.first));
      if (skipped < block.payloads.length) {
        return { ...block, payloads: block.payloads.slice(skipped), first: block.first + skipped };
      }
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  /** The segment that has more for us. */
  async #segmentInWork(): Promise<Segment | undefined> {
    if (this.#segment !== undefined && this.#sequence < this.#segment.next) return this.#segment;
    const wanted = this.#segment === undefined ? this.from : this.#sequence;
    const segment = this.log.segments.find(({ first, next }) => first <= wanted && wanted < next);
    if (segment === undefined) return undefined;
    await this.close();
    this.#handle = await open(segment.path, 'r');
    this.#segment = segment;
    this.#position = 0;
    this.#sequence = segment.first;
    return segment;
  }

  async #readBlock(segment: Segment): Promise<LogBlock> {
    const first = this.#sequence;
    const payloads: unknown[] = [];
    let wanted = BLOCK_BYTES;
    for (;;) {
      const bytes = await this.#read(Math.min(wanted, segment.bytes - this.#position));
      let at = 0;
      let entry = readEntry(bytes, at);
      for (; entry.kind === 'entry'; entry = readEntry(bytes, at)) {
        payloads.push(decodeBody(entry.body));
        at = entry.end;
      }
      if (entry.kind === 'damaged') {
        throw new ConnectorError('corrupt', `${segment.path}: damaged at byte ${this.#position + at}`);
      }
      this.#position += at;
      this.#sequence += payloads.length;
      if (payloads.length > 0) return { payloads, first, bytes: at };
      wanted = entry.needed;
    }
  }

  async #read(length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length);
    const { bytesRead = 0 } = (await this.#handle?.read(bytes, 0, length, this.#position)) ?? {};
    return bytes.subarray(0, bytesRead);
  }
}
