/**
 * The values of StateFun's request-reply protocol (Protobuf package `io.statefun.sdk.reqreply`) as plain data: what a
 * function is asked and what it answers, on the wire and in a worker's own thread alike.
 */

/** One instance of a function: its type, `namespace/name`, and its id. */
export interface Address {
  readonly type: string;
  readonly id: string;
}

/** A value that the platform carries without looking into it. `hasValue: false` is no value, `bytes` empty is one. */
export interface TypedValue {
  readonly typename: string;
  readonly hasValue: boolean;
  readonly bytes: Uint8Array;
}

/** The messages of one address, in their order, with the state that the platform knows of. */
export interface InvocationBatch {
  readonly target: Address;
  readonly state: readonly PersistedValue[];
  readonly invocations: readonly Invocation[];
  /** Of the span of this call, where it is followed: W3C's `traceparent`. Our own; StateFun's SDKs pass it over. */
  readonly traceparent?: string;
}

/** `value` is absent while the state is known but empty. */
export interface PersistedValue {
  readonly name: string;
  readonly value: TypedValue | undefined;
}

/** `caller` is absent when the message came from outside. */
export interface Invocation {
  readonly caller: Address | undefined;
  readonly argument: TypedValue | undefined;
}

/** What a batch led to. `incomplete`: the function was not run; it needs state that the platform does not know of yet. */
export type InvocationOutcome =
  | { readonly kind: 'result'; readonly effects: Effects }
  | { readonly kind: 'incomplete'; readonly missing: readonly StateSpec[] };

/** The platform applies them in one step: messages, delayed messages, egresses, then state. */
export interface Effects {
  readonly messages: readonly OutgoingMessage[];
  readonly delayed: readonly DelayedMessage[];
  readonly egresses: readonly EgressMessage[];
  readonly state: readonly StateMutation[];
}

export interface OutgoingMessage {
  readonly target: Address;
  readonly argument: TypedValue;
}

export type DelayedMessage =
  | {
      readonly kind: 'send';
      readonly delayMs: number;
      readonly target: Address;
      readonly argument: TypedValue;
      readonly token: string | undefined;
    }
  | { readonly kind: 'cancel'; readonly token: string };

/** `egress` is `namespace/name`. */
export interface EgressMessage {
  readonly egress: string;
  readonly argument: TypedValue;
}

/** No `value` deletes the state. */
export interface StateMutation {
  readonly name: string;
  readonly value: TypedValue | undefined;
}

export interface StateSpec {
  readonly name: string;
  readonly typename: string;
  readonly expiration: Expiration | undefined;
  /** The type of the message that the address gets when the value expires, with the value; absent: none. Our own. */
  readonly onExpiry?: string;
  /** It is a collection whose parts are brought when they are asked for: see `state-parts.ts`. Our own, too. */
  readonly isInParts?: true;
  /** What its parts make; absent where that is not told, as older SDKs do not. */
  readonly parts?: 'list' | 'map';
}

/** `call`: counted from the last read or write; every invocation reads all state. */
export interface Expiration {
  readonly after: 'write' | 'call';
  readonly ms: number;
}
