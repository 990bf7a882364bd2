/**
 * The messages of all addresses of one type that are not yet applied: keyed state, so that they are in every checkpoint and
 * page to the disk.
 *
 * Invariants
 * - Messages of an address stay in the order in which they came; numbers rise without gaps from `first` to `next`.
 * - A message leaves only when the answer to its call is applied, or it is given up: so what is under way needs no place of
 *   its own in a checkpoint, and is sent again after a restore.
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
  first: number;
  next: number;
  bytes: number;
}

const EXTENTS = plainValueCodec<Extent>();

export class AddressBacklog {
  readonly #extents: ValueState<Extent>;
  readonly #messages: MapState<WaitingMessage>;

  constructor(store: KeyedStore, { owner, prefix }: StatePlace) {
    this.#extents = store.value({ owner, name: `${prefix}backlog`, codec: EXTENTS });
    this.#messages = store.map({ owner, name: `${prefix}messages`, codec: WAITING_MESSAGES });
  }

  /** @returns what it takes, bytes */
  add(id: string, message: WaitingMessage): number {
    const key = keyOfId(id);
    const bytes = bytesOf(message);
    // What a store hands out is the caller's to change, and to put back.
    const extent = this.#extents.get(key) ?? { first: 0, next: 0, bytes: 0 };
    this.#messages.put(key, extent.next, message);
    extent.next++;
    extent.bytes += bytes;
    this.#extents.put(key, extent);
    return bytes;
  }

  /** The oldest ones: at least one, then as many as fit. */
  peek(id: string, countMax: number, bytesMax: number): WaitingMessage[] {
    const key = keyOfId(id);
    const { first, next } = this.#extents.get(key) ?? NOTHING;
    const messages: WaitingMessage[] = [];
    let bytes = 0;
    for (let number = first; number < next && messages.length < countMax; number++) {
      const message = this.#messages.get(key, number)!;
      bytes += bytesOf(message);
      if (messages.length > 0 && bytes > bytesMax) break;
      messages.push(message);
    }
    return messages;
  }

  /**
   * The oldest ones are done with.
   * @param oldest as `peek` gave them, or the first of these
   * @returns what they took, bytes, and how many are left
   */
  remove(id: string, oldest: readonly WaitingMessage[]): { readonly freed: number; readonly left: number } {
    const key = keyOfId(id);
    const extent = this.#extents.get(key) ?? { first: 0, next: 0, bytes: 0 };
    let freed = 0;
    for (const message of oldest) {
      freed += bytesOf(message);
      this.#messages.delete(key, extent.first++);
    }
    extent.bytes -= freed;
    const left = extent.next - extent.first;
    if (left === 0) this.#extents.delete(key);
    else this.#extents.put(key, extent);
    return { freed, left };
  }

  /** Leaves out those that are not to be kept; the others stay in their order. For restores. */
  keep(id: string, isKept: (message: WaitingMessage) => boolean): void {
    const key = keyOfId(id);
    const { first, next } = this.#extents.get(key) ?? NOTHING;
    const kept: WaitingMessage[] = [];
    for (let number = first; number < next; number++) {
      const message = this.#messages.get(key, number)!;
      this.#messages.delete(key, number);
      if (isKept(message)) kept.push(message);
    }
    this.#extents.delete(key);
    for (const message of kept) this.add(id, message);
  }

  /** What an address's messages take. */
  bytes(id: string): number {
    return this.#extents.get(keyOfId(id))?.bytes ?? 0;
  }

  /** How many messages an address has. */
  count(id: string): number {
    const { first, next } = this.#extents.get(keyOfId(id)) ?? NOTHING;
    return next - first;
  }

  /** Of all addresses that have messages. */
  *ids(): Generator<string> {
    for (const key of this.#extents.keys()) yield idOf(key);
  }

  /** All addresses that have messages, with what they take and how many they are. Reads the disk: for restores, and to name the largest. */
  *all(): Generator<readonly [id: string, bytes: number, count: number]> {
    for (const key of this.#extents.keys()) {
      const { first, next, bytes } = this.#extents.get(key) ?? NOTHING;
      yield [idOf(key), bytes, next - first];
    }
  }
}

const NOTHING: Readonly<Extent> = { first: 0, next: 0, bytes: 0 };

function idOf(key: Key): string {
  return fromKey(key) as string;
}
