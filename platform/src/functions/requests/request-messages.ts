/**
 * What travels between who listens for requests and who has the address, as messages of types that no function can have.
 * They have the address's id, so that they find its subtask like any other; an answer to who listens has an id that is
 * the listener's.
 *
 *     tidegate.requests/REQUEST   what is asked       caller: how, and the listener's id
 *     tidegate.told/REQUEST       what came of it     caller: what, and the address's id
 *     tidegate.reply/REQUEST      sent by a function, as an answer to its caller
 */
import type { TypedValue } from '@tidegate/functions-sdk/protocol';
import type { FunctionMessage } from '../function-message.js';

const ASKED = 'tidegate.requests/';
const TOLD = 'tidegate.told/';
const REPLY = 'tidegate.reply/';
/** Between type and key, neither of which has a colon. */
const NO_REPLY = '::';

/**
 * `call`: the reply is waited for. `send`: that it is stored. `leave`: that, too, and no reply is expected: the function has no
 * caller. `look`: what is known of an earlier one.
 */
export type AskKind = 'call' | 'send' | 'leave' | 'look';

export interface AskedRequest {
  readonly how: AskKind;
  /** Names the request within the address: function's type and key, in characters that a type may have. */
  readonly request: string;
  /** Of the address. */
  readonly id: string;
  readonly listener: string;
  readonly argument: TypedValue;
}

/** `defaulted`: nobody has replied in time, and the default is the reply. */
export type ToldKind = 'accepted' | 'replied' | 'defaulted' | 'failed' | 'unknown';

export interface ToldRequest {
  readonly what: ToldKind;
  readonly request: string;
  readonly id: string;
  readonly listener: string;
  /** The reply; of `failed` the reason as a text. */
  readonly argument: TypedValue;
}

export type RequestMessage =
  | { readonly kind: 'asked'; readonly asked: AskedRequest }
  | { readonly kind: 'told'; readonly told: ToldRequest }
  | { readonly kind: 'reply'; readonly request: string; readonly id: string; readonly argument: TypedValue };

export const NOTHING: TypedValue = { typename: '', hasValue: false, bytes: new Uint8Array(0) };

/** @param hasReply whether the function may reply; of one key that is another request */
export function requestName(type: string, key: string, hasReply = true): string {
  return `${encodeURIComponent(type)}${hasReply ? ':' : NO_REPLY}${encodeURIComponent(key)}`;
}

export function hasReply(request: string): boolean {
  return !request.includes(NO_REPLY);
}

/** Names a request among those of all addresses: its own name has no line feed. */
export function requestAt(request: string, id: string): string {
  return `${request}\n${id}`;
}

/** The function's type in a request's name. */
export function typeOfRequest(request: string): string {
  return decodeURIComponent(request.slice(0, request.indexOf(':')));
}

/** Whom a function replies to. */
export function replyType(request: string): string {
  return `${REPLY}${request}`;
}

/** Whether it is the name of a request to which a reply may come, though maybe nobody has asked. */
export function isReplyType(type: string): boolean {
  if (!type.startsWith(REPLY)) return false;
  try {
    const parts = type.slice(REPLY.length).split(':').map(decodeURIComponent);
    return parts.length === 2 && !parts.includes('');
  } catch {
    return false;
  }
}

export function askedMessage({ how, request, id, listener, argument }: AskedRequest): FunctionMessage {
  return { target: { type: ASKED + request, id }, caller: { type: how, id: listener }, argument };
}

export function toldMessage({ what, request, id, listener, argument }: ToldRequest): FunctionMessage {
  return { target: { type: TOLD + request, id: listener }, caller: { type: what, id }, argument };
}

/** Undefined for a message that is for a function. */
export function readRequestMessage({ target, caller, argument }: FunctionMessage): RequestMessage | undefined {
  const { type, id } = target;
  if (type.startsWith(REPLY)) return { kind: 'reply', request: type.slice(REPLY.length), id, argument };
  if (caller === undefined) return undefined;
  if (type.startsWith(ASKED)) {
    const request = type.slice(ASKED.length);
    return { kind: 'asked', asked: { how: caller.type as AskKind, request, id, listener: caller.id, argument } };
  }
  if (!type.startsWith(TOLD)) return undefined;
  const request = type.slice(TOLD.length);
  return { kind: 'told', told: { what: caller.type as ToldKind, request, id: caller.id, listener: id, argument } };
}
