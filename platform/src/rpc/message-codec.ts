/**
 * The messages between worker and coordinator as bytes: JSON, with the byte arrays of snapshots behind it.
 *
 * Invariants
 * - What is not of these messages is refused with a WireError: it is of another version, or of no process of ours. Of what a
 *   worker says every part is looked at; the coordinator is believed what it sends, but for the fields that lead it to its
 *   receiver.
 */
import { decodeJsonWithBytes, encodeJsonWithBytes } from '../record/codec/json-with-bytes.js';
import { WireError } from '../wire/wire-error.js';
import { workerReport } from './report-shape.js';
import { count, isObject } from './shape.js';
import type { TaskCommand } from './task-execution.js';
import type { LeaderAnswer } from './task-manager.js';
import type { WorkerCommand, WorkerReport } from './worker-messages.js';

/** Of one message: a plan, or a snapshot with the state that was not worth a file. */
export const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/** Of a kind that is quoted. */
const KIND_LENGTH_MAX = 40;

type Fields = Readonly<Record<string, unknown>>;
/** Of each kind of message: whether the fields that it is told apart by are there. */
type Kinds<M extends { readonly kind: string }> = Readonly<Record<M['kind'], (fields: Fields) => boolean>>;

const hasId = ({ id }: Fields): boolean => isObject(id) && typeof id['task'] === 'string' && count(id['subtask']);
const isPeer = (value: unknown): boolean =>
  isObject(value) && typeof value['name'] === 'string' && typeof value['address'] === 'string';
const ofAssignment = ({ assignment }: Fields): boolean => count(assignment);

const TO_TASK_MANAGER: Kinds<TaskCommand | LeaderAnswer> = {
  leader: ({ epoch, known }) => count(epoch) && typeof known === 'boolean',
  deploy: ({ deployment }) => isObject(deployment) && hasId(deployment),
  cancel: hasId,
  'add-splits': hasId,
  'trigger-checkpoint': hasId,
  'checkpoint-complete': hasId,
  'checkpoint-aborted': hasId,
  'align-watermarks': hasId,
  'await-barrier': hasId,
  'ask-address': hasId,
};

const TO_WORKER: Kinds<WorkerCommand> = {
  assign: (fields) =>
    ofAssignment(fields) && count(fields['slots']) && isObject(fields['graph']) && Array.isArray(fields['secrets']),
  release: ofAssignment,
  dismiss: () => true,
  peers: (fields) => ofAssignment(fields) && Array.isArray(fields['peers']) && fields['peers'].every(isPeer),
  command: (fields) =>
    ofAssignment(fields) && typeof fields['taskManager'] === 'string' && isOf(TO_TASK_MANAGER, fields['message']),
};

export function encodeMessage(message: WorkerCommand | WorkerReport): Uint8Array {
  return encodeJsonWithBytes(message);
}

/** @param payload not kept: what is decoded has a copy of its bytes. @throws WireError */
export function decodeWorkerReport(payload: Uint8Array): WorkerReport {
  return decode(payload, workerReport);
}

/** @param payload not kept: what is decoded has a copy of its bytes. @throws WireError */
export function decodeWorkerCommand(payload: Uint8Array): WorkerCommand {
  return decode(payload, isCommand);
}

function decode<M>(payload: Uint8Array, isOne: (message: unknown) => message is M): M {
  let message: unknown;
  try {
    message = decodeJsonWithBytes(Uint8Array.from(payload));
  } catch (error) {
    throw new WireError('malformed', `a message cannot be read: ${String(error)}`);
  }
  if (isOne(message)) return message;
  const kind = isObject(message) ? kindText(message['kind']) : 'none';
  throw new WireError('malformed', `a message of kind ${kind} is not understood: run the same version everywhere`);
}

/** Whoever says it may say anything. */
function kindText(kind: unknown): string {
  return typeof kind === 'string' ? JSON.stringify(kind.slice(0, KIND_LENGTH_MAX)) : typeof kind;
}

function isCommand(message: unknown): message is WorkerCommand {
  return isOf(TO_WORKER, message);
}

function isOf<M extends { readonly kind: string }>(kinds: Kinds<M>, message: unknown): message is M {
  if (!isObject(message)) return false;
  const { kind } = message;
  if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) return false;
  return kinds[kind as M['kind']](message);
}
