/**
 * Reads a file of the canonical format as it comes, in pieces of any size.
 *
 * Invariants
 * - What is damaged or incomplete is an error: at the latest `end` throws. Entries given before are not to be used then.
 * - Values and addresses share the memory of one frame.
 */
import { crc32 } from 'node:zlib';
import { TidegateError } from '../../common/errors.js';
import type { StateDescription, StateFile } from '../../job/state-handle.js';
import { ByteReader, CorruptBytesError } from '../../record/codec/byte-reader.js';
import { CANONICAL_VERSION, FRAME, FRAME_HEAD_BYTES, HEAD_BYTES, MAGIC } from './canonical-format.js';

export interface CanonicalVisitor {
  states(states: readonly StateDescription[]): void;
  /** Whether the entries of this key group are wanted. */
  wants(keyGroup: number): boolean;
  entry(keyGroup: number, state: number, address: Uint8Array, value: Uint8Array): void;
}

export class CanonicalReader {
  #pending: Buffer = Buffer.alloc(0);
  /** What came behind `pending` and is not yet enough for another step. */
  #parts: Uint8Array[] = [];
  #pendingBytes = 0;
  #wanted = HEAD_BYTES;
  #expects: 'head' | 'states' | 'entries' | 'nothing' = 'head';
  #states = 0;
  #count = 0;
  #bytes = 0;
  #crc = 0;

  constructor(
    private readonly file: StateFile,
    private readonly visitor: CanonicalVisitor,
  ) {}

  /** @throws TidegateError TG421 when the file is damaged, TG422 when it is of a newer version */
  push(bytes: Uint8Array): void {
    // Node's crc32 of nothing behind something is 0.
    if (bytes.length === 0) return;
    this.#bytes += bytes.length;
    this.#crc = crc32(bytes, this.#crc);
    this.#parts.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes < this.#wanted && this.#expects !== 'nothing') return;
    this.#pending = Buffer.concat([this.#pending, ...this.#parts]);
    this.#parts = [];
    for (let taken = this.#step(); taken > 0; taken = this.#step()) {
      this.#pending = this.#pending.subarray(taken);
      this.#pendingBytes -= taken;
    }
  }

  /** @throws TidegateError TG421 when the file is not whole */
  end(): void {
    if (this.#bytes !== this.file.bytes) throw this.#damaged(`it has ${this.#bytes} bytes of ${this.file.bytes}`);
    if (this.#crc !== this.file.crc32) throw this.#damaged('its checksum is another');
    if (this.#expects !== 'nothing') throw this.#damaged('its end is missing');
  }

  /** @returns the bytes that were used; 0 when more must come first */
  #step(): number {
    const pending = this.#pending;
    if (this.#expects === 'head') return this.#head(pending);
    if (this.#expects === 'nothing') {
      if (pending.length > 0) throw this.#damaged('there is something behind its end');
      return 0;
    }
    this.#wanted = FRAME_HEAD_BYTES;
    if (pending.length < FRAME_HEAD_BYTES) return 0;
    const end = FRAME_HEAD_BYTES + pending.readUInt32BE(0);
    this.#wanted = end;
    if (pending.length < end) return 0;
    const payload = pending.subarray(FRAME_HEAD_BYTES, end);
    if (crc32(payload) !== pending.readUInt32BE(4)) throw this.#damaged('a frame’s checksum is another');
    this.#frame(payload);
    return end;
  }

  #head(pending: Buffer): number {
    if (pending.length < HEAD_BYTES) return 0;
    if (!pending.subarray(0, MAGIC.length).equals(MAGIC)) throw this.#damaged('it does not begin as a state file');
    const version = pending.readUInt16BE(MAGIC.length);
    if (version > CANONICAL_VERSION) {
      throw new TidegateError(
        'TG422',
        `the state file ${this.file.name} is of format ${version}; this version of tidegate reads up to ${CANONICAL_VERSION}. Use the version that wrote it, or a newer one.`,
      );
    }
    if (version === 0) throw this.#damaged('its format has no number');
    this.#expects = 'states';
    return HEAD_BYTES;
  }

  #frame(payload: Uint8Array): void {
    const reader = new ByteReader(payload);
    try {
      const kind = reader.uint8();
      if (this.#expects === 'states' && kind === FRAME.states) this.#readStates(reader);
      else if (this.#expects === 'entries' && kind === FRAME.entries) this.#readEntries(reader);
      else if (this.#expects === 'entries' && kind === FRAME.end) this.#readEnd(reader);
      else throw new CorruptBytesError('a frame stands where it does not belong');
    } catch (error) {
      if (error instanceof CorruptBytesError) throw this.#damaged(error.message);
      throw error;
    }
  }

  #readStates(reader: ByteReader): void {
    const states = JSON.parse(reader.string()) as readonly StateDescription[];
    this.#states = states.length;
    this.#expects = 'entries';
    this.visitor.states(states);
  }

  #readEntries(reader: ByteReader): void {
    const keyGroup = reader.uint16();
    const state = reader.varint();
    if (state >= this.#states) throw new CorruptBytesError(`there is no state ${state}`);
    const wanted = this.visitor.wants(keyGroup);
    while (reader.remaining > 0) {
      const address = reader.bytes();
      const value = reader.bytes();
      this.#count++;
      if (wanted) this.visitor.entry(keyGroup, state, address, value);
    }
  }

  #readEnd(reader: ByteReader): void {
    const count = reader.varint();
    if (count !== this.#count) throw new CorruptBytesError(`${this.#count} of ${count} entries were read`);
    this.#expects = 'nothing';
  }

  #damaged(why: string): TidegateError {
    return new TidegateError(
      'TG421',
      `the state file ${this.file.name} is damaged: ${why}. Restore from an older checkpoint or savepoint.`,
    );
  }
}
