/**
 * A log of payloads on disk, in segments, for sources whose senders must get an answer only when a record cannot be lost.
 *
 * Invariants
 * - `append` resolves after an fsync that covers its payloads. Appends that come while one is under way share the next
 *   write and the next fsync (group commit), in the order of their calls.
 * - Sequence numbers count payloads from 0, without gaps, over all runs.
 * - After a failed write or fsync nothing is appended any more: what the disk then holds is unknown until a recovery.
 */
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { connectorError, type ConnectorError } from '../api/index.js';
import { encodeEntry } from './entry.js';
import { listSegments, recoverSegment, segmentPath, type Segment } from './segment.js';

export const SEGMENT_BYTES = 64 * 1024 * 1024;

interface PendingAppend {
  readonly entries: readonly Buffer[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: ConnectorError) => void;
}

export class EventLog {
  #pending: PendingAppend[] = [];
  #committing: Promise<void> | undefined;
  /** Resolves when no segment is being removed. */
  #trimmed: Promise<void> = Promise.resolve();
  #error: ConnectorError | undefined;
  #listener: (() => void) | undefined;

  private constructor(
    readonly folder: string,
    readonly segmentBytes: number,
    /** Rising; the last one is being written. */
    readonly segments: Segment[],
    private handle: FileHandle,
    /** Bytes of a torn entry that recovery cut off. */
    readonly cutBytes: number,
  ) {}

  /** Opens the log of a folder, which is made if need be. Throws ConnectorError, `corrupt` where entries are damaged. */
  static async open(folder: string, segmentBytes = SEGMENT_BYTES): Promise<EventLog> {
    try {
      await mkdir(folder, { recursive: true });
      const firsts = await listSegments(folder);
      const segments: Segment[] = [];
      let cutBytes = 0;
      for (const [index, first] of firsts.entries()) {
        const recovered = await recoverSegment(folder, first, index === firsts.length - 1);
        segments.push(recovered.segment);
        cutBytes = recovered.cutBytes;
      }
      const last = segments.at(-1) ?? { path: segmentPath(folder, 0), first: 0, next: 0, bytes: 0 };
      if (segments.length === 0) segments.push(last);
      const handle = await open(last.path, 'a');
      await syncFolder(folder);
      return new EventLog(folder, segmentBytes, segments, handle, cutBytes);
    } catch (error) {
      throw connectorError(folder, error);
    }
  }

  /** The oldest sequence number that is still here. */
  get first(): number {
    return this.segments[0]?.first ?? 0;
  }

  /** The sequence number that comes next; everything before it is on the disk for good. */
  get next(): number {
    return this.segments.at(-1)?.next ?? 0;
  }

  /** Bytes on the disk. */
  get bytes(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Resolves when the payloads cannot be lost any more. Rejects with a ConnectorError; they may then be here or not. */
  append(payloads: readonly unknown[]): Promise<void> {
    const entries = payloads.map(encodeEntry);
    const bytes = entries.reduce((sum, entry) => sum + entry.length, 0);
    return new Promise((resolve, reject) => {
      this.#pending.push({ entries, bytes, resolve, reject });
      this.#startCommit();
    });
  }

  /** The one callback that is told after each commit. */
  onCommit(listener: () => void): void {
    this.#listener = listener;
  }

  /** Removes segments that hold nothing at or above a sequence number. The last one always stays. */
  trim(sequence: number): Promise<void> {
    const trimmed = this.#trimmed.then(() => this.#trim(sequence));
    this.#trimmed = trimmed.catch(() => undefined);
    return trimmed;
  }

  async #trim(sequence: number): Promise<void> {
    while (this.segments.length > 1 && (this.segments[0]?.next ?? Infinity) <= sequence) {
      const [oldest] = this.segments.splice(0, 1);
      if (oldest !== undefined) await rm(oldest.path, { force: true });
    }
  }

  /** Then nothing of it is under way any more: the folder may be opened again. */
  async close(): Promise<void> {
    await this.#trimmed;
    while (this.#committing !== undefined) await this.#committing;
    await this.handle.close();
  }

  #startCommit(): void {
    if (this.#committing !== undefined || this.#pending.length === 0) return;
    this.#committing = this.#commitPending().finally(() => {
      this.#committing = undefined;
      // Appends that came after the last look and before this.
      this.#startCommit();
    });
  }

  async #commitPending(): Promise<void> {
    while (this.#pending.length > 0) {
      const group = this.#pending.splice(0);
      try {
        if (this.#error !== undefined) throw this.#error;
        await this.#commit(group);
        for (const { resolve } of group) resolve();
        this.#listener?.();
      } catch (error) {
        this.#error ??= connectorError(this.folder, error);
        for (const { reject } of group) reject(this.#error);
      }
    }
  }

  async #commit(group: readonly PendingAppend[]): Promise<void> {
    const segment = await this.#segmentForMore();
    const entries = group.flatMap((append) => append.entries);
    const bytes = Buffer.concat(entries);
    for (let written = 0; written < bytes.length;) {
      written += (await this.handle.write(bytes, written)).bytesWritten;
    }
    await this.handle.datasync();
    segment.bytes += bytes.length;
    segment.next += entries.length;
  }

  async #segmentForMore(): Promise<Segment> {
    const last = this.segments.at(-1);
    if (last === undefined) throw new Error('a log has a segment');
    if (last.bytes < this.segmentBytes) return last;
    const segment: Segment = { path: segmentPath(this.folder, last.next), first: last.next, next: last.next, bytes: 0 };
    const former = this.handle;
    this.handle = await open(segment.path, 'ax');
    await former.close();
    // Without this the new file's name could be lost in a power failure, and its entries with it.
    await syncFolder(this.folder);
    this.segments.push(segment);
    return segment;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
