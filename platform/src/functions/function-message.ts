/**
 * A message for one instance of a function. Between subtasks it travels as a record of the source `functions`, so that
 * channels, their codecs and what a barrier overtook need to know of nothing new.
 */
import type { Address, TypedValue } from '@tidegate/functions-sdk/protocol';
import { FUNCTIONS } from '../job/function-node.js';
import type { Key } from '../record/key.js';
import { toKey } from '../record/key.js';
import { StreamRecord, type Split } from '../record/stream-record.js';

export interface FunctionMessage {
  readonly target: Address;
  /** Absent: it came from outside. */
  readonly caller: Address | undefined;
  readonly argument: TypedValue;
  /** See message-id.ts. Absent where messages have no names. */
  readonly messageId?: string | undefined;
}

/** A message as its backlog keeps it: the target is known there. */
export type WaitingMessage = Omit<FunctionMessage, 'target'>;

const SPLIT: Split = { ingress: FUNCTIONS, id: 'messages' };

/** An address has its place, and its state, by its id alone: functions of other types may share it. */
export function keyOfId(id: string): Key {
  return toKey(id)!;
}

/** The key of a record that `messageRecord` made. */
export function targetKeyOf({ value }: StreamRecord): Key {
  return keyOfId(value['id'] as string);
}

export function messageRecord({ target, caller, argument, messageId }: FunctionMessage): StreamRecord {
  const { typename, hasValue, bytes } = argument;
  const value = {
    function: target.type,
    id: target.id,
    type: typename,
    ...(hasValue ? { bytes } : {}),
    ...(caller === undefined ? {} : { caller: caller.type, callerId: caller.id }),
    ...(messageId === undefined ? {} : { messageId }),
  };
  return new StreamRecord(value, 0, FUNCTIONS, SPLIT, 0, undefined, undefined);
}

export function messageOf({ value }: StreamRecord): FunctionMessage {
  const caller = value['caller'] as string | undefined;
  const bytes = value['bytes'] as Uint8Array | undefined;
  return {
    target: { type: value['function'] as string, id: value['id'] as string },
    caller: caller === undefined ? undefined : { type: caller, id: value['callerId'] as string },
    argument: { typename: value['type'] as string, hasValue: bytes !== undefined, bytes: bytes ?? NO_BYTES },
    messageId: value['messageId'] as string | undefined,
  };
}

const NO_BYTES = new Uint8Array(0);
/** A message in memory beside its bytes; for budgets. */
const MESSAGE_BYTES = 160;

export function bytesOf({ argument: { bytes, typename } }: WaitingMessage): number {
  return MESSAGE_BYTES + typename.length + bytes.length;
}
