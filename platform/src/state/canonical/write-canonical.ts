/** Writes entries in their order into files of the canonical format, piece by piece. */
import { crc32 } from 'node:zlib';
import type { StateDescription } from '../../job/state-handle.js';
import { ByteWriter } from '../../record/codec/byte-writer.js';
import {
  CANONICAL_VERSION,
  FILE_BYTES,
  FRAME,
  FRAME_BYTES,
  FRAME_HEAD_BYTES,
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
    if (file === undefined) {
      file = new CanonicalFile();
      yield { file: number, bytes: file.begin(states) };
    }
    const full = file.add(entry);
    if (full !== undefined) yield { file: number, bytes: full };
  }
  if (file !== undefined) yield { file: number, bytes: file.end() };
}

class CanonicalFile {
  readonly #frame = new ByteWriter();
  #keyGroup = -1;
  #state = -1;
  #count = 0;
  bytes = 0;

  begin(states: readonly StateDescription[]): Uint8Array {
    const head = Buffer.alloc(HEAD_BYTES);
    head.set(MAGIC);
    head.writeUInt16BE(CANONICAL_VERSION, MAGIC.length);
    this.bytes += HEAD_BYTES;
    this.#frame.uint8(FRAME.states);
    this.#frame.string(JSON.stringify(states));
    return Buffer.concat([head, this.#close()]);
  }

  /** @returns the frame before, when this entry begins another */
  add({ keyGroup, state, address, value }: CanonicalEntry): Uint8Array | undefined {
    const frame = this.#frame;
    let full: Uint8Array | undefined;
    if (keyGroup !== this.#keyGroup || state !== this.#state || frame.length >= FRAME_BYTES) {
      if (frame.length > 0) full = this.#close();
      this.#keyGroup = keyGroup;
      this.#state = state;
      frame.uint8(FRAME.entries);
      frame.uint16(keyGroup);
      frame.varint(state);
    }
    frame.bytes(address);
    frame.bytes(value);
    this.#count++;
    return full;
  }

  end(): Uint8Array {
    const last = this.#frame.length > 0 ? this.#close() : NOTHING;
    this.#frame.uint8(FRAME.end);
    this.#frame.varint(this.#count);
    return Buffer.concat([last, this.#close()]);
  }

  #close(): Uint8Array {
    const payload = this.#frame.view();
    const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.length);
    frame.writeUInt32BE(payload.length, 0);
    frame.writeUInt32BE(crc32(payload), 4);
    frame.set(payload, FRAME_HEAD_BYTES);
    this.#frame.reset();
    this.bytes += frame.length;
    return frame;
  }
}
