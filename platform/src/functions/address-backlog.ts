/**
 * The messages of all addresses of one type that are not yet applied. What comes is held in memory, as most of it is done with
 * soon, and is put into keyed state for a checkpoint; more than may be held goes there at once, and so pages to the disk.
 *
 * Invariants
 * - Messages of an address stay in the order in which they came; numbers rise without gaps from `first` to `next`.
 * - A message leaves only when the answer to its call is applied, or it is given up: so what is under way needs no place of
 *   its own in a checkpoint, and is sent again after a restore.
 * - Behind `prepareSnapshot` keyed state has everything; at any other time nothing that is done with.
 * - An address without messages takes no space.
 * - What is held is in the bytes of requests (`message-blocks.ts`), but for what has more to it than these.
 */
import type { Key } from '../record/key.js';
import { fromKey } from '../record/key.js';
import { plainValueCodec } from '../state/codecs/plain-value-codec.js';
import type { KeyedStore, MapState, ValueState } from '../state/keyed-store.js';
import { bytesOf, keyOfId, type WaitingMessage } from './function-message.js';
import { MessageBlocks, type EntryRef } from './message-blocks.js';
import { WAITING_MESSAGES } from './message-codec.js';
import type { StatePlace } from './state-place.js';
import { WaitingBatch } from './waiting-batch.js';

interface Extent {
  readonly first: number;
  readonly next: number;
  readonly bytes: number;
}

type Held = EntryRef | WaitingMessage;

/**
 * Of one address. By their numbers, messages are
 *
 *     first ──── kept ──────── held.length ──── next
 *       held and    held alone       in keyed
 *       in state                     state alone
 */
interface Queue {
  first: number;
  next: number;
  bytes: number;
  /** From `first` on; what lies before `from` is done with. */
  held: Held[];
  from: number;
  /** Messages with lower numbers are in keyed state, too. */
  kept: number;
  /** Keyed state has an extent for it. */
  hasExtent: boolean;
  /** The extent is another one since. */
  isChanged: boolean;
  /** What was looked at last: so many of the oldest, and what they take. They need not be looked at again to be removed. */
  peeked: number;
  peekedBytes: number;
}

/** Of a queue that holds nothing. Nothing is ever put into it. */
const NONE: Held[] = [];
const NO_BATCH = WaitingBatch.ofMessages([], 0);
const EXTENTS = plainValueCodec<Extent>();
/** Of one type. What a checkpoint puts into keyed state at once is no more. */
const HELD_BYTES_MAX = 4 * 1024 * 1024;
/** Messages of an address that are done with and still in its list. */
const DONE_MAX = 1024;

export class AddressBacklog {
  readonly #extents: ValueState<Extent>;
  readonly #messages: MapState<WaitingMessage>;
  /** By id: those of addresses that have messages. */
  readonly #queues = new Map<string, Queue>();
  readonly #blocks = new MessageBlocks();
  #heldBytes = 0;

  constructor(
    store: KeyedStore,
    { owner, prefix }: StatePlace,
    private readonly heldBytesMax = HELD_BYTES_MAX,
  ) {
    this.#extents = store.value({ owner, name: `${prefix}backlog`, codec: EXTENTS });
    this.#messages = store.map({ owner, name: `${prefix}messages`, codec: WAITING_MESSAGES });
    for (const key of this.#extents.keys()) {
      const { first, next, bytes } = this.#extents.get(key)!;
      this.#queues.set(idOf(key), { ...emptyQueue(), first, next, bytes, kept: first, hasExtent: true });
    }
  }

  /**
   * @param asItIs what is held is this object: somebody knows something of it
   * @returns what it takes, bytes
   */
  add(id: string, message: WaitingMessage, asItIs = false): number {
    let queue = this.#queues.get(id);
    if (queue === undefined) this.#queues.set(id, (queue = emptyQueue()));
    const bytes = bytesOf(message);
    const { held, from, first, next } = queue;
    if (held.length - from === next - first && this.#heldBytes < this.heldBytesMax) {
      const one = asItIs ? message : (this.#blocks.put(message, bytes) ?? message);
      // A list of one is made for one, a list that something is pushed onto for many.
      if (held.length === 0) queue.held = [one];
      else held.push(one);
      this.#heldBytes += bytes;
    } else this.#messages.put(keyOfId(id), next, message);
    queue.next++;
    queue.bytes += bytes;
    queue.isChanged = true;
    return bytes;
  }

  /** The oldest ones: at least one, then as many as fit. */
  peek(id: string, countMax: number, bytesMax: number): WaitingBatch {
    const queue = this.#queues.get(id);
    if (queue === undefined) return NO_BATCH;
    const { first, next, held, from } = queue;
    const most = Math.min(countMax, next - first);
    let [count, bytes] = [0, 0];
    /** From the first on that has to be one. */
    let messages: WaitingMessage[] | undefined;
    for (; count < most; count++) {
      const one = held[from + count] ?? this.#kept(id, first + count);
      const size = this.#sizeOf(one);
      if (count > 0 && bytes + size > bytesMax) break;
      if (typeof one !== 'number') messages ??= held.slice(from, from + count).map((other) => this.#messageOf(other));
      messages?.push(this.#messageOf(one));
      bytes += size;
    }
    queue.peeked = count;
    queue.peekedBytes = bytes;
    if (messages !== undefined) return WaitingBatch.ofMessages(messages, bytes);
    return WaitingBatch.ofEncoded(count, bytes, this.#blocks.encoded(held as EntryRef[], from, count));
  }

  /**
   * So many of the oldest ones are done with.
   * @returns what they took, bytes, and how many are left
   */
  remove(id: string, count: number): { readonly freed: number; readonly left: number } {
    const queue = this.#queues.get(id);
    if (queue === undefined) return { freed: 0, left: 0 };
    const held = Math.min(count, queue.held.length - queue.from);
    const heldBytes = held === queue.peeked ? queue.peekedBytes : this.#heldSize(queue, held);
    const freed = count === queue.peeked ? queue.peekedBytes : heldBytes + this.#keptSize(id, queue, held, count);
    this.#heldBytes -= heldBytes;
    this.#deleteKept(id, queue, count, held);
    this.#free(queue, held);
    queue.first += count;
    queue.from += held;
    queue.peeked = queue.peekedBytes = 0;
    if (queue.from === queue.held.length) letGo(queue);
    else if (queue.from >= DONE_MAX) {
      queue.held = queue.held.slice(queue.from);
      queue.from = 0;
    }
    queue.bytes -= freed;
    const left = queue.next - queue.first;
    queue.isChanged = true;
    if (left === 0) this.#forget(id, queue);
    return { freed, left };
  }

  /** Leaves out those that are not to be kept; the others stay in their order. For restores. */
  keep(id: string, isKept: (message: WaitingMessage) => boolean): void {
    const { messages } = this.peek(id, Infinity, Infinity);
    this.remove(id, messages.length);
    for (const message of messages) if (isKept(message)) this.add(id, message);
  }

  /** What an address's messages take. */
  bytes(id: string): number {
    return this.#queues.get(id)?.bytes ?? 0;
  }

  /** How many messages an address has. */
  count(id: string): number {
    const { first, next } = this.#queues.get(id) ?? NOTHING;
    return next - first;
  }

  /** Of all addresses that have messages. It ends also where more come while somebody goes through them. */
  *ids(): Generator<string> {
    let left = this.#queues.size;
    for (const id of this.#queues.keys()) {
      if (left-- === 0) return;
      yield id;
    }
  }

  /** All addresses that have messages, with what they take and how many they are. */
  *all(): Generator<readonly [id: string, bytes: number, count: number]> {
    for (const [id, { first, next, bytes }] of this.#queues) yield [id, bytes, next - first];
  }

  /** What an address has is not asked for soon: it is held no more. */
  page(id: string): void {
    const queue = this.#queues.get(id);
    if (queue === undefined) return;
    this.#putHeld(keyOfId(id), queue);
    const held = queue.held.length - queue.from;
    this.#heldBytes -= this.#heldSize(queue, held);
    this.#free(queue, held);
    letGo(queue);
  }

  /** A barrier has come: puts into keyed state what is held alone. */
  prepareSnapshot(): void {
    for (const [id, queue] of this.#queues) {
      if (!queue.isChanged) continue;
      const { first, next, bytes } = queue;
      const key = keyOfId(id);
      this.#putHeld(key, queue);
      this.#extents.put(key, { first, next, bytes });
      queue.hasExtent = true;
      queue.isChanged = false;
    }
  }

  #kept(id: string, number: number): WaitingMessage {
    return this.#messages.get(keyOfId(id), number)!;
  }

  #messageOf(one: Held): WaitingMessage {
    return typeof one === 'number' ? this.#blocks.read(one) : one;
  }

  #sizeOf(one: Held): number {
    return typeof one === 'number' ? this.#blocks.sizeOf(one) : bytesOf(one);
  }

  /** What so many of the oldest ones take that are held. */
  #heldSize({ held, from }: Queue, count: number): number {
    let bytes = 0;
    for (let i = from; i < from + count; i++) bytes += this.#sizeOf(held[i]!);
    return bytes;
  }

  /** So many of the oldest ones are held no more. */
  #free({ held, from }: Queue, count: number): void {
    for (let i = from; i < from + count; i++) {
      const one = held[i]!;
      if (typeof one === 'number') this.#blocks.free(one);
    }
  }

  #putHeld(key: Key, queue: Queue): void {
    const { first, held, from, kept } = queue;
    const end = first + held.length - from;
    for (let number = Math.max(first, kept); number < end; number++)
      this.#messages.put(key, number, this.#messageOf(held[from + number - first]!));
    queue.kept = end;
  }

  /** What those of the oldest ones take that are in keyed state alone: behind so many, up to so many. */
  #keptSize(id: string, { first }: Queue, from: number, to: number): number {
    let bytes = 0;
    for (let number = first + from; number < first + to; number++) bytes += bytesOf(this.#kept(id, number));
    return bytes;
  }

  /** Of the oldest messages, of which so many are held, those that are in keyed state. */
  #deleteKept(id: string, { first, kept }: Queue, count: number, held: number): void {
    if (kept <= first && held === count) return;
    const key = keyOfId(id);
    for (let number = first; number < first + count; number++)
      if (number < kept || number >= first + held) this.#messages.delete(key, number);
  }

  #forget(id: string, queue: Queue): void {
    this.#queues.delete(id);
    if (queue.hasExtent) this.#extents.delete(keyOfId(id));
  }
}

const NOTHING: Readonly<Extent> = { first: 0, next: 0, bytes: 0 };

function letGo(queue: Queue): void {
  queue.held = NONE;
  queue.from = 0;
}

function emptyQueue(): Queue {
  return {
    first: 0,
    next: 0,
    bytes: 0,
    held: NONE,
    from: 0,
    kept: 0,
    hasExtent: false,
    isChanged: false,
    peeked: 0,
    peekedBytes: 0,
  };
}

function idOf(key: Key): string {
  return fromKey(key) as string;
}
