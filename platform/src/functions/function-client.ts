/**
 * How functions are called, as the operator of functions sees it: a port. What is behind it dials, signs, encodes, and
 * makes of every answer, broken connection and timeout one of the outcomes below.
 *
 * Invariants
 * - `done` is called exactly once for a call, unless it was cancelled before: then never. It is never called from within
 *   `call` or `describe`, and always on the caller's thread.
 * - The client does not retry, does not keep order and bounds nothing: who calls decides what is under way.
 */
import type { EndpointDescription, InvocationBatch, InvocationOutcome } from '@tidegate/functions-sdk/protocol';
import type { EndpointDescriptor } from '../job/function-endpoint.js';

/** @typeParam E the endpoints that it can call */
export interface FunctionClient<E extends EndpointDescriptor = EndpointDescriptor> {
  /**
   * One request. More than one batch, each of another address, only if the endpoint's description offers shared requests.
   * @param done given one outcome for each batch, in their order
   */
  call(endpoint: E, batches: readonly InvocationBatch[], done: (outcomes: readonly CallOutcome[]) => void): Cancel;
  /** What the endpoint says of itself; a failure of status 404, 405, 406 or 415 is one that says nothing. */
  describe(endpoint: E, done: (told: EndpointDescription | CallFailure) => void): Cancel;
  /** Cancels what is under way and lets go of connections. */
  close(): Promise<void>;
}

/** Nobody waits for it any more: the connection is dropped if it is under way. Does nothing when it is done. */
export type Cancel = () => void;

export type CallOutcome = InvocationOutcome | CallFailure;

export interface CallFailure {
  readonly kind: 'failure';
  /** HTTP's; absent when there was no answer: refused, broken, too slow, too long, or not the protocol's. */
  readonly status?: number;
  /** No connection could be made, so that no function has seen any of it: refused, no such host, no route. */
  readonly unreachable?: true;
  /** What the function's side said (`Problem.retriable`). Where it said nothing, whether it may pass by itself. */
  readonly retriable: boolean;
  /** The application, or who runs it, does not allow the call: only an edit changes that, and no restart. */
  readonly forbidden?: true;
  /** The place in the batch of the message that failed, from 0, if the function's side said so. */
  readonly invocation?: number;
  /** From Retry-After. */
  readonly retryAfterMs?: number;
  /** What happened, where (URL), and what was answered, in one line; without secrets. */
  readonly message: string;
}
