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
 */
import type { Key } from '../record/key.js';
import { fromKey } from '../record/key.js';
import { plainValueCodec } from '../state/codecs/plain-value-codec.js';
import type { KeyedStore, MapState, ValueState } from '../state/keyed-store.js';
import { bytesOf, keyOfId, type WaitingMessage } from './function-message.js';
import { WAITING_MESSAGES } from './message-codec.js';
import type { StatePlace } from './state-place.js';

interface Extent {
  readonly first: number;
  readonly next: number;
  readonly bytes: number;
}

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
  held: WaitingMessage[];
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
const NONE: WaitingMessage[] = [];
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

  /** @returns what it takes, bytes */
  add(id: string, message: WaitingMessage): number {
    let queue = this.#queues.get(id);
    if (queue === undefined) this.#queues.set(id, (queue = emptyQueue()));
    const bytes = bytesOf(message);
    const { held, from, first, next } = queue;
    if (held.length - from === next - first && this.#heldBytes < this.heldBytesMax) {
      // A list of one is made for one, a list that something is pushed onto for many.
      if (held.length === 0) queue.held = [message];
      else held.push(message);
      this.#heldBytes += bytes;
    } else this.#messages.put(keyOfId(id), next, message);
    queue.next++;
    queue.bytes += bytes;
    queue.isChanged = true;
    return bytes;
  }

  /** The oldest ones: at least one, then as many as fit. */
  peek(id: string, countMax: number, bytesMax: number): WaitingMessage[] {
    const messages: WaitingMessage[] = [];
    const queue = this.#queues.get(id);
    if (queue === undefined) return messages;
    let bytes = 0;
    for (let number = queue.first; number < queue.next && messages.length < countMax; number++) {
      const message = this.#message(id, queue, number);
      const size = bytesOf(message);
      if (messages.length > 0 && bytes + size > bytesMax) break;
      bytes += size;
      messages.push(message);
    }
    queue.peeked = messages.length;
    queue.peekedBytes = bytes;
    return messages;
  }

  /**
   * The oldest ones are done with.
   * @param oldest as `peek` gave them, or the first of these
   * @returns what they took, bytes, and how many are left
   */
  remove(id: string, oldest: readonly WaitingMessage[]): { readonly freed: number; readonly left: number } {
    const queue = this.#queues.get(id);
    if (queue === undefined) return { freed: 0, left: 0 };
    const freed = oldest.length === queue.peeked ? queue.peekedBytes : sumOf(oldest);
    const held = Math.min(oldest.length, queue.held.length - queue.from);
    this.#heldBytes -= held === oldest.length ? freed : sumOf(oldest.slice(0, held));
    this.#deleteKept(id, queue, oldest.length, held);
    queue.first += oldest.length;
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
    const all = this.peek(id, Infinity, Infinity);
    this.remove(id, all);
    for (const message of all) if (isKept(message)) this.add(id, message);
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
    this.#heldBytes -= sumOf(queue.held.slice(queue.from));
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

  #message(id: string, { first, held, from }: Queue, number: number): WaitingMessage {
    return held[from + number - first] ?? this.#messages.get(keyOfId(id), number)!;
  }

  #putHeld(key: Key, queue: Queue): void {
    const { first, held, from, kept } = queue;
    const end = first + held.length - from;
    for (let number = Math.max(first, kept); number < end; number++)
      this.#messages.put(key, number, held[from + number - first]!);
    queue.kept = end;
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

function sumOf(messages: readonly WaitingMessage[]): number {
  return messages.reduce((sum, message) => sum + bytesOf(message), 0);
}

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
