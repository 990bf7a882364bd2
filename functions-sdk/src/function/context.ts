/** What a handler is given beside its message: who it is, who called, its state, and the ways to have an effect. */
import type { Duration } from '../types/duration.js';
import type { ValueType } from '../types/value-type.js';
import type { Address, EgressMessage } from '../wire/messages.js';
import type { SendableTo } from './accepted.js';
import type { AcceptedAt, Target } from './address.js';

/**
 * Nothing of it takes effect before the whole batch has been processed without an error; then all of it does, once. It
 * ends with the handler: what is not awaited comes too late, and is told so.
 */
export interface Context<State = unknown> {
  /** The instance that is called. */
  readonly self: Target;
  /** The function that sent the message; undefined if it came from outside. */
  readonly caller: Target | undefined;
  /** This instance's state. Assign to it, or change an object in place; undefined deletes. */
  readonly state: State;

  /**
   * Where this call stands in the trace that its messages are followed in, in the form of W3C's header `traceparent`; undefined
   * where they are not. A batch is one call.
   */
  readonly traceparent: string | undefined;

  /** Sends a message to a function. */
  send<To extends Address, T, Name extends string>(
    to: To,
    type: ValueType<T, Name> & SendableTo<AcceptedAt<To>, T, Name>,
    value: NoInfer<T>,
  ): void;

  /**
   * Sends a message to a function after a while. With a token it can be cancelled until it is sent. A token must be
   * free: StateFun ends a job that uses one twice. It belongs to this instance's id, whatever the function's type.
   */
  sendAfter<To extends Address, T, Name extends string>(
    delay: Duration,
    to: To,
    type: ValueType<T, Name> & SendableTo<AcceptedAt<To>, T, Name>,
    value: NoInfer<T>,
    options?: { readonly token?: string },
  ): void;

  /** Cancels the delayed message that this id sent with `token`; no matter if it is gone already. */
  cancel(token: string): void;

  /** Sends a message to the caller. Throws an Error if the message came from outside. */
  reply<T>(type: ValueType<T>, value: NoInfer<T>): void;

  /** Sends to the outside: `kafkaRecord(...)`, `kinesisRecord(...)`, `egressValue(...)`. */
  emit(message: EgressMessage): void;

  /** Deletes the named state, or all state of this instance. */
  clear(...names: (keyof State & string)[]): void;
}
