/**
 * Messages that wait for their time, of all addresses of a subtask: timers in processing time under the sender's id.
 *
 * Invariants
 * - A token belongs to the sender's id, whatever its type (as in StateFun). It is free again when its message is sent or
 *   cancelled.
 */
import type { Address, DelayedMessage } from '@tidegate/functions-sdk/protocol';
import type { Key } from '../record/key.js';
import { plainValueCodec } from '../state/codecs/plain-value-codec.js';
import type { KeyedStore, MapState, TimerService } from '../state/keyed-store.js';
import { keyOfId, type FunctionMessage } from './function-message.js';
import { sentMessageId } from './message-id.js';
import { DELAYED_MESSAGES, type DelayedMessageState } from './message-codec.js';

/** Of a message: its time and what tells it from others of that time. */
interface Place {
  readonly time: number;
  readonly tag: string;
}

const TAG_DIGITS = 8;

export class DelayedMessages {
  readonly #timers: TimerService;
  readonly #messages: MapState<DelayedMessageState>;
  readonly #tokens: MapState<Place>;
  /** Where the last one was put: many of one batch have one time. */
  #last: { readonly key: Key; readonly time: number; readonly number: number } | undefined;

  constructor(store: KeyedStore, owner: string) {
    this.#timers = store.timers(owner, 'delayed');
    this.#messages = store.map({ owner, name: 'delayed-messages', codec: DELAYED_MESSAGES });
    this.#tokens = store.map({ owner, name: 'tokens', codec: plainValueCodec<Place>() });
  }

  /** Epoch milliseconds; +Infinity when nothing waits. */
  get next(): number {
    return this.#timers.next;
  }

  /** Why a batch's delayed messages cannot be applied, one after the other; undefined if they can. */
  refuse(self: Address, delayed: readonly DelayedMessage[]): string | undefined {
    const key = keyOfId(self.id);
    const taken = new Map<string, boolean>();
    for (const message of delayed) {
      const { token } = message;
      if (message.kind === 'cancel') {
        if (token === '') return 'the answer cancels a delayed message without a token';
        taken.set(message.token, false);
        continue;
      }
      if (!(message.delayMs >= 0)) return `the answer delays a message by ${message.delayMs} ms`;
      if (token === undefined) continue;
      if (taken.get(token) ?? this.#tokens.get(key, keyOfId(token)) !== undefined)
        return `the answer delays a message with the token ${token}, and one with it waits already`;
      taken.set(token, true);
    }
    return undefined;
  }

  apply(self: Address, delayed: readonly DelayedMessage[], nowMs: number, call?: string): void {
    const key = keyOfId(self.id);
    for (const [index, message] of delayed.entries()) {
      if (message.kind === 'cancel') this.#cancel(key, message.token);
      else {
        const { target, argument, token, delayMs } = message;
        const messageId = sentMessageId(call, 'd', index);
        this.#add(key, nowMs + delayMs, { message: { target, caller: self, argument, messageId }, token });
      }
    }
  }

  /** Frees the tokens that these take: who had them was sent already when they were taken, and is sent again. */
  free(self: Address, delayed: readonly DelayedMessage[], send: (message: FunctionMessage) => void): void {
    const key = keyOfId(self.id);
    for (const { kind, token } of delayed) {
      const place = kind === 'cancel' || token === undefined ? undefined : this.#tokens.get(key, keyOfId(token));
      if (place === undefined) continue;
      const { message } = this.#messages.get(key, placeOf(place))!;
      this.#cancel(key, token!);
      send(message);
    }
  }

  /** Takes what is due, in the order of times, and of sending where times of a sender are equal. */
  advance(nowMs: number, send: (message: FunctionMessage) => void): void {
    this.#timers.advance(nowMs, (key, time, tag) => {
      const place = placeOf({ time, tag });
      const { message, token } = this.#messages.get(key, place)!;
      this.#messages.delete(key, place);
      if (token !== undefined) this.#tokens.delete(key, keyOfId(token));
      send(message);
    });
  }

  #add(key: Key, time: number, state: DelayedMessageState): void {
    const last = this.#last;
    let number = last !== undefined && last.key === key && last.time === time ? last.number + 1 : 0;
    const tagOf = (): string => String(number).padStart(TAG_DIGITS, '0');
    while (this.#messages.get(key, placeOf({ time, tag: tagOf() })) !== undefined) number++;
    this.#last = { key, time, number };
    const place = { time, tag: tagOf() };
    this.#messages.put(key, placeOf(place), state);
    if (state.token !== undefined) this.#tokens.put(key, keyOfId(state.token), place);
    this.#timers.set(key, place.time, place.tag);
  }

  #cancel(key: Key, token: string): void {
    const place = this.#tokens.get(key, keyOfId(token));
    if (place === undefined) return;
    this.#tokens.delete(key, keyOfId(token));
    this.#messages.delete(key, placeOf(place));
    this.#timers.cancel(key, place.time, place.tag);
  }
}

function placeOf({ time, tag }: Place): string {
  return `at ${time} ${tag}`;
}
