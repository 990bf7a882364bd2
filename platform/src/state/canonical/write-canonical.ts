/** Writes entries in their order into files of the canonical format, piece by piece. */
import { crc32 } from 'node:zlib';
import type { StateDescription } from '../../job/state-handle.js';
import { ByteWriter } from '../../record/codec/byte-writer.js';
import {
  CANONICAL_VERSION,
  FILE_BYTES,
  FRAME,
  FRAME_BYTES,
  HEAD_BYTES,
  MAGIC,
  type CanonicalEntry,
} from './canonical-format.js';

/** A piece of work: bytes at the end of the file of this number. No bytes: there was work, but nothing to write yet. */
export interface FilePiece {
  readonly file: number;
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/**
 * @param entries in canonical order; undefined where the work before the next entry should be a piece of its own
 * @param fileBytes when a file is closed
 */
export function* writeCanonical(
  states: readonly StateDescription[],
  entries: Iterable<CanonicalEntry | undefined>,
  fileBytes = FILE_BYTES,
): Generator<FilePiece> {
  let file: CanonicalFile | undefined;
  let number = 0;
  for (const entry of entries) {
    if (entry === undefined) {
      yield { file: number, bytes: NOTHING };
      continue;
    }
    if (file !== undefined && file.bytes >= fileBytes) {
      yield { file: number++, bytes: file.end() };
      file = undefined;
    }
    file ??= new CanonicalFile(states);
    file.add(entry);
    if (file.isPieceFull) yield { file: number, bytes: file.takePiece() };
  }
  if (file !== undefined) yield { file: number, bytes: file.end() };
}

class CanonicalFile {
  readonly #frame = new ByteWriter();
  /** Whole frames that are not taken yet: with many key groups most frames are small, and a piece each would be dear. */
  readonly #frames = new ByteWriter();
  #keyGroup = -1;
  #state = -1;
  #count = 0;
  #taken = 0;

  constructor(states: readonly StateDescription[]) {
    this.#frames.raw(MAGIC);
    this.#frames.uint16(CANONICAL_VERSION);
    while (this.#frames.length < HEAD_BYTES) this.#frames.uint8(0);
    this.#frame.uint8(FRAME.states);
    this.#frame.string(JSON.stringify(states));
    this.#close();
  }

  /** Of all whole frames. */
  get bytes(): number {
    return this.#taken + this.#frames.length;
  }

  get isPieceFull(): boolean {
    return this.#frames.length >= FRAME_BYTES;
  }

  takePiece(): Uint8Array {
    this.#taken += this.#frames.length;
    const piece = this.#frames.finish();
    this.#frames.reset();
    return piece;
  }

  add({ keyGroup, state, address, value }: CanonicalEntry): void {
    const frame = this.#frame;
    if (keyGroup !== this.#keyGroup || state !== this.#state || frame.length >= FRAME_BYTES) {
      if (frame.length > 0) this.#close();
      this.#keyGroup = keyGroup;
      this.#state = state;
      frame.uint8(FRAME.entries);
      frame.uint16(keyGroup);
      frame.varint(state);
    }
    frame.bytes(address);
    frame.bytes(value);
    this.#count++;
  }

  /** @returns the last piece */
  end(): Uint8Array {
    if (this.#frame.length > 0) this.#close();
    this.#frame.uint8(FRAME.end);
    this.#frame.varint(this.#count);
    this.#close();
    return this.takePiece();
  }

  #close(): void {
    const payload = this.#frame.view();
    this.#frames.uint32(payload.length);
    this.#frames.uint32(crc32(payload));
    this.#frames.raw(payload);
    this.#frame.reset();
  }
}
