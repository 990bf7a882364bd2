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

interface Extent {
  first: number;
  next: number;
  bytes: number;
}

const EXTENTS = plainValueCodec<Extent>();

export class AddressBacklog {
  readonly #extents: ValueState<Extent>;
  readonly #messages: MapState<WaitingMessage>;

  constructor(store: KeyedStore, owner: string) {
    this.#extents = store.value({ owner, name: 'backlog', codec: EXTENTS });
    this.#messages = store.map({ owner, name: 'messages', codec: WAITING_MESSAGES });
  }

  /** @returns what it takes, bytes */
  add(id: string, message: WaitingMessage): number {
    const key = keyOfId(id);
    const bytes = bytesOf(message);
    const extent = this.#extents.get(key) ?? { first: 0, next: 0, bytes: 0 };
    this.#messages.put(key, extent.next, message);
    this.#extents.put(key, { first: extent.first, next: extent.next + 1, bytes: extent.bytes + bytes });
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

  /** The oldest ones are done with. @returns what they took, bytes */
  remove(id: string, count: number): number {
    const key = keyOfId(id);
    const { first, next, bytes } = this.#extents.get(key) ?? NOTHING;
    let freed = 0;
    for (let number = first; number < first + count; number++) {
      freed += bytesOf(this.#messages.get(key, number)!);
      this.#messages.delete(key, number);
    }
    if (first + count === next) this.#extents.delete(key);
    else this.#extents.put(key, { first: first + count, next, bytes: bytes - freed });
    return freed;
  }

  count(id: string): number {
    const { first, next } = this.#extents.get(keyOfId(id)) ?? NOTHING;
    return next - first;
  }

  /** All addresses that have messages, with what they take. Reads the disk: for restores, and to name the largest. */
  *all(): Generator<readonly [id: string, bytes: number]> {
    for (const key of this.#extents.keys()) yield [idOf(key), this.#extents.get(key)?.bytes ?? 0];
  }
}

const NOTHING: Readonly<Extent> = { first: 0, next: 0, bytes: 0 };

function idOf(key: Key): string {
  return fromKey(key) as string;
}
