/**
 * The context of one invocation, and what the invocations of a batch have led to so far.
 *
 * Invariants
 * - Values are encoded when they are sent: what happens to an object afterwards does not change the message.
 * - Nothing is added once the invocation has ended.
 */
import { toMs, type Duration } from '../types/duration.js';
import { toTypedValue, ValueError, type ValueType } from '../types/value-type.js';
import type { Address, DelayedMessage, EgressMessage, OutgoingMessage, TypedValue } from '../wire/messages.js';
import { isWellFormed } from '../wire/well-formed-text.js';
import type { Context } from './context.js';
import { FunctionError } from './function-error.js';

/** What the call is, the same for all of its invocations. */
export interface CalledAs {
  readonly target: Address;
  readonly traceparent?: string;
}

/** Everything but state, which is compared at the end. */
export class CollectedEffects {
  readonly messages: OutgoingMessage[] = [];
  readonly delayed: DelayedMessage[] = [];
  readonly egresses: EgressMessage[] = [];
}

export class CallContext implements Context {
  readonly self: Address;
  readonly caller: Address | undefined;
  readonly state: Record<string, unknown>;
  readonly traceparent: string | undefined;
  readonly #effects: CollectedEffects;
  #isOpen = true;

  constructor(
    { target, traceparent }: CalledAs,
    caller: Address | undefined,
    state: Record<string, unknown>,
    effects: CollectedEffects,
  ) {
    this.self = target;
    this.traceparent = traceparent;
    this.caller = caller;
    this.state = state;
    this.#effects = effects;
  }

  send<T>(to: Address, type: ValueType<T>, value: T): void {
    this.#requireOpen();
    this.#effects.messages.push({ target: this.#checked(to), argument: this.#encode(to, type, value) });
  }

  sendAfter<T>(
    delay: Duration,
    to: Address,
    type: ValueType<T>,
    value: T,
    { token }: { readonly token?: string } = {},
  ): void {
    this.#requireOpen();
    if (token !== undefined) this.#requireToken(token);
    const delayMs = toMs(delay);
    const argument = this.#encode(to, type, value);
    this.#effects.delayed.push({ kind: 'send', delayMs, target: this.#checked(to), argument, token });
  }

  cancel(token: string): void {
    this.#requireOpen();
    this.#requireToken(token);
    this.#effects.delayed.push({ kind: 'cancel', token });
  }

  reply<T>(type: ValueType<T>, value: T): void {
    if (this.caller === undefined)
      throw new Error(`nobody to reply to: the message to ${this.self.type} came from outside`);
    this.send(this.caller, type, value);
  }

  emit(message: EgressMessage): void {
    this.#requireOpen();
    this.#effects.egresses.push(message);
  }

  clear(...names: never[]): void {
    this.#requireOpen();
    for (const name of names.length === 0 ? Object.keys(this.state) : names) this.state[name] = undefined;
  }

  /** The handler has ended: what it left running comes too late. */
  close(): void {
    this.#isOpen = false;
  }

  #requireOpen(): void {
    if (this.#isOpen) return;
    throw new Error(
      `${this.self.type} sent something after its handler had ended, which is lost: await what the handler starts`,
    );
  }

  #encode<T>(to: Address, type: ValueType<T>, value: T): TypedValue {
    try {
      return toTypedValue(type, value);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw this.#invalid(`to ${to.type}: ${error.message}`, error);
    }
  }

  #checked(to: Address): Address {
    const { type, id } = to;
    if (typeof type !== 'string' || !type.includes('/') || typeof id !== 'string')
      throw new TypeError(
        'an address has a type, namespace/name, and an id, both text: make one with address(type, id)',
      );
    if (!isWellFormed(id) || !isWellFormed(type))
      throw this.#invalid(
        `to ${type}: the id ${JSON.stringify(id)} has half of a surrogate pair, which cannot be sent`,
      );
    return to;
  }

  #requireToken(token: string): void {
    if (typeof token !== 'string' || token === '')
      throw new RangeError('the token of a delayed message is a text that is not empty');
    if (!isWellFormed(token))
      throw this.#invalid(`the token ${JSON.stringify(token)} has half of a surrogate pair, which cannot be sent`);
  }

  #invalid(message: string, cause?: ValueError): FunctionError {
    return new FunctionError('invalid-effect', message, { target: this.self }, cause === undefined ? {} : { cause });
  }
}
