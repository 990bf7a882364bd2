/**
 * State whose expiry is told: when its time has come the value leaves, and its address gets it as a message.
 *
 * Invariants
 * - A value that is kept has the time from which its expiration counts, and a timer that fires no later than it may expire:
 *   that its time was begun anew is seen when the timer fires, so that a write costs no timer.
 * - What has expired is gone before it could be given to anybody: to be advanced before state is read.
 */
import type { Address, TypedValue } from '@tidegate/functions-sdk/protocol';
import { fromKey, type Key } from '../record/key.js';
import { plainValueCodec } from '../state/codecs/plain-value-codec.js';
import type { KeyedStore, TimerService, ValueState } from '../state/keyed-store.js';
import type { FunctionMessage } from './function-message.js';
import { expiryMessageId } from './message-id.js';
import type { StatePlace } from './state-place.js';

const TIMES = plainValueCodec<number>();

/** How long values are kept; it may change at any time. */
export interface ToldExpiration {
  /** Milliseconds. */
  readonly ms: number;
  /** The type of the message. */
  readonly told: string;
}

export interface StateExpiryOptions {
  readonly store: KeyedStore;
  readonly place: StatePlace;
  readonly type: string;
  readonly name: string;
  readonly values: ValueState<TypedValue>;
}

/** Of one state of one type. */
export class StateExpiry {
  readonly #timers: TimerService;
  readonly #begun: ValueState<number>;
  #expiration: ToldExpiration | undefined;

  constructor(private readonly options: StateExpiryOptions) {
    const { store, place, name } = options;
    this.#timers = store.timers(place.owner, `${place.prefix}expiry.${name}`);
    this.#begun = store.value({ owner: place.owner, name: `${place.prefix}begun.${name}`, codec: TIMES });
  }

  /** Epoch milliseconds; +Infinity: never. */
  get next(): number {
    return this.#timers.next;
  }

  /** As it was when the state was saved that a job goes on from. */
  restore(expiration: ToldExpiration): void {
    this.#expiration = expiration;
  }

  /**
   * From now on, also for values that are there: what has no time yet begins now. Reads all of them.
   * @param expiration undefined: it is told no more
   */
  change(expiration: ToldExpiration | undefined, nowMs: number): void {
    this.#expiration = expiration;
    if (expiration === undefined) return this.#clear();
    for (const key of this.options.values.keys()) {
      const begun = this.#begun.get(key) ?? nowMs;
      this.#begun.put(key, begun);
      this.#timers.set(key, begun + expiration.ms);
    }
  }

  /** The value's time begins anew. */
  touch(key: Key, nowMs: number): void {
    if (this.#expiration === undefined) return;
    if (this.#begun.get(key) === undefined) this.#timers.set(key, nowMs + this.#expiration.ms);
    this.#begun.put(key, nowMs);
  }

  forget(key: Key): void {
    this.#begun.delete(key);
  }

  advance(nowMs: number, deliver: (message: FunctionMessage) => void): void {
    this.#timers.advance(nowMs, (key) => {
      const begun = this.#begun.get(key);
      if (begun === undefined || this.#expiration === undefined) return;
      const dueMs = begun + this.#expiration.ms;
      if (dueMs > nowMs) return this.#timers.set(key, dueMs);
      this.#expire(key, begun, this.#expiration.told, deliver);
    });
  }

  /** Nothing of it is left, so that a checkpoint holds nothing that nobody opens. */
  #clear(): void {
    this.#timers.advance(Infinity, () => undefined);
    for (const key of [...this.#begun.keys()]) this.#begun.delete(key);
  }

  #expire(key: Key, begun: number, told: string, deliver: (message: FunctionMessage) => void): void {
    const { values, type, name } = this.options;
    const value = values.get(key);
    this.#begun.delete(key);
    if (value === undefined) return;
    values.delete(key);
    const target: Address = { type, id: fromKey(key) as string };
    const argument = { ...value, typename: told };
    deliver({ target, caller: undefined, argument, messageId: expiryMessageId(name, begun) });
  }
}

/** Those of a subtask. */
export class StateExpiries {
  readonly #all: StateExpiry[] = [];

  add(expiry: StateExpiry): void {
    this.#all.push(expiry);
  }

  /** Epoch milliseconds; +Infinity: never. */
  get next(): number {
    let next = Infinity;
    for (const expiry of this.#all) next = Math.min(next, expiry.next);
    return next;
  }

  advance(nowMs: number, deliver: (message: FunctionMessage) => void): void {
    for (const expiry of this.#all) if (expiry.next <= nowMs) expiry.advance(nowMs, deliver);
  }
}
