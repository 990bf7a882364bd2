/**
 * Names of messages, by which one that comes again after a failure is known: the same message has the same name whenever
 * it is made again. They are given only where a log of invocations is kept; elsewhere messages have none.
 */
import type { Address } from '@tidegate/functions-sdk/protocol';
import { createHash } from 'node:crypto';
import type { StreamRecord } from '../record/stream-record.js';

/** What was asked from outside. */
export function requestMessageId(request: string): string {
  return `q:${request}`;
}

/** Undefined where the message was not asked for from outside. */
export function requestOf(messageId: string | undefined): string | undefined {
  return messageId?.startsWith('q:') === true ? messageId.slice(2) : undefined;
}

/** A record's message, by where the record stood and which route or rule made a message of it. */
export function recordMessageId(where: string, { split, offset }: StreamRecord): string {
  return `r:${where}:${split.ingress}:${split.id}:${offset}`;
}

/**
 * A call, by its address and the name of the first of its messages: a message is done with once, so no other call that counts begins
 * with it. Undefined where messages have no names.
 */
export function callId({ type, id }: Address, first: string | undefined): string | undefined {
  if (first === undefined) return undefined;
  return createHash('sha1').update(`${type}\n${id}\n${first}`).digest('base64url').slice(0, 20);
}

/** A value of state that has expired, by when its time began; within its address. */
export function expiryMessageId(state: string, begunMs: number): string {
  return `x:${state}.${begunMs}`;
}

/** The messages that a call sent, in their order; those that are to come later have an order of their own. */
export function sentMessageId(call: string | undefined, kind: 's' | 'd', index: number): string | undefined {
  return call === undefined ? undefined : `${kind}:${call}.${index}`;
}
