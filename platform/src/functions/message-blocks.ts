/**
 * Messages in the bytes that their requests will have, in blocks of memory: what waits is no object that the garbage
 * collector would look at and move, and a request is made by copying.
 *
 *     entry: what it counts for (uint32) | its length (uint32) | the bytes | up to 3 bytes to a multiple of 4
 *
 * Invariants
 * - An entry is freed once. A block whose entries are all freed is written again from its beginning.
 * - An entry is never split, and never moved: whoever keeps one for long keeps its block.
 */
import { decodeInvocations, InvocationEncoder, type InvocationBatch } from '@tidegate/functions-sdk/protocol';
import type { WaitingMessage } from './function-message.js';

/** Of an entry: the number of its block, then its place there in words. Small enough to be no object, either. */
export type EntryRef = number;

interface Block {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** Where the next entry begins, bytes. */
  end: number;
  /** Entries that are not freed. */
  entries: number;
}

const PLACE_BITS = 14;
const PLACE_MASK = (1 << PLACE_BITS) - 1;
const WORD_BYTES = 4;
const BLOCK_BYTES = WORD_BYTES << PLACE_BITS;
const HEADER_BYTES = 2 * WORD_BYTES;
/** Larger ones would leave much of a block empty. */
const ENTRY_BYTES_MAX = BLOCK_BYTES / 8;
/** 16 MiB: four times what may be held at a time, for blocks that few entries keep. */
const BLOCKS_MAX = 256;

export class MessageBlocks {
  readonly #blocks: Block[] = [];
  /** Of those that have no entries. */
  readonly #empty: number[] = [];
  readonly #encoder = new InvocationEncoder();
  #current = -1;

  /**
   * @param size what it counts for: `bytesOf`
   * @returns undefined: it is too large, or there is no room; or it has a name, which no request has
   */
  put(message: WaitingMessage, size: number): EntryRef | undefined {
    if (message.messageId !== undefined) return undefined;
    const length = this.#encoder.encode(message);
    if (length > ENTRY_BYTES_MAX) return undefined;
    const block = this.#blockFor(HEADER_BYTES + length);
    if (block === undefined) return undefined;
    const at = block.end;
    const word = at / WORD_BYTES;
    block.words[word] = size;
    block.words[word + 1] = length;
    this.#encoder.copyTo(block.bytes, at + HEADER_BYTES);
    block.end = (at + HEADER_BYTES + length + WORD_BYTES - 1) & ~(WORD_BYTES - 1);
    block.entries++;
    return (this.#current << PLACE_BITS) | word;
  }

  /** What it counts for. */
  sizeOf(entry: EntryRef): number {
    return this.#block(entry).words[entry & PLACE_MASK]!;
  }

  read(entry: EntryRef): WaitingMessage {
    return messagesOf(this.encoded([entry], 0, 1))[0]!;
  }

  /** So many entries of a list, from `from` on, as `InvocationBatch.encoded`: bytes of their own. */
  encoded(entries: readonly EntryRef[], from: number, count: number): Uint8Array {
    let length = 0;
    for (let i = from; i < from + count; i++) length += this.#lengthOf(entries[i]!);
    const target = Buffer.allocUnsafe(length);
    let to = 0;
    for (let i = from; i < from + count; i++) to = this.#copy(entries[i]!, target, to);
    return target;
  }

  free(entry: EntryRef): void {
    const number = entry >>> PLACE_BITS;
    const block = this.#blocks[number]!;
    if (--block.entries > 0) return;
    block.end = 0;
    if (number !== this.#current) this.#empty.push(number);
  }

  #lengthOf(entry: EntryRef): number {
    return this.#block(entry).words[(entry & PLACE_MASK) + 1]!;
  }

  /** @returns the end of what was copied */
  #copy(entry: EntryRef, target: Uint8Array, to: number): number {
    const { bytes, words } = this.#block(entry);
    const word = entry & PLACE_MASK;
    const from = word * WORD_BYTES + HEADER_BYTES;
    const length = words[word + 1]!;
    for (let i = 0; i < length; i++) target[to + i] = bytes[from + i]!;
    return to + length;
  }

  #block(entry: EntryRef): Block {
    return this.#blocks[entry >>> PLACE_BITS]!;
  }

  /** The current one, or the next that is. */
  #blockFor(length: number): Block | undefined {
    const current = this.#blocks[this.#current];
    if (current !== undefined && current.end + length <= BLOCK_BYTES) return current;
    const number = this.#empty.pop() ?? this.#allocate();
    if (number === undefined) return undefined;
    this.#current = number;
    return this.#blocks[number]!;
  }

  #allocate(): number | undefined {
    if (this.#blocks.length === BLOCKS_MAX) return undefined;
    const memory = new ArrayBuffer(BLOCK_BYTES);
    return this.#blocks.push({ bytes: new Uint8Array(memory), words: new Int32Array(memory), end: 0, entries: 0 }) - 1;
  }
}

/** The messages of `InvocationBatch.encoded`, whose bytes are views of it. */
export function messagesOf(encoded: NonNullable<InvocationBatch['encoded']>): WaitingMessage[] {
  return decodeInvocations(encoded).map(({ caller, argument }) => ({
    caller,
    argument: argument!,
    messageId: undefined,
  }));
}
