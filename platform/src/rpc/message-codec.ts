/**
 * The messages between worker and coordinator as bytes: JSON, with the byte arrays of snapshots behind it.
 *
 * Invariants
 * - What is not of these messages, by its kind or by the fields that lead it to its receiver, is refused with a WireError:
 *   it is of another version, or of no process of ours.
 */
import { decodeJsonWithBytes, encodeJsonWithBytes } from '../record/codec/json-with-bytes.js';
import { isMerging, type MetricChange } from '../metrics/registry.js';
import { WireError } from '../wire/wire-error.js';
import type { TaskCommand, TaskReport } from './task-execution.js';
import type { LeaderAnswer, TaskManagerReport } from './task-manager.js';
import type { WorkerCommand, WorkerReport } from './worker-messages.js';

/** Of one message: a plan, or a snapshot with the state that was not worth a file. */
export const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/** Of one worker: no machine has as many processors. */
const SLOTS_MAX = 4096;

type Fields = Readonly<Record<string, unknown>>;
/** Of each kind of message: whether the fields that it is told apart by are there. */
type Kinds<M extends { readonly kind: string }> = Readonly<Record<M['kind'], (fields: Fields) => boolean>>;

const hasId = ({ id }: Fields): boolean => isObject(id) && typeof id['task'] === 'string' && isCount(id['subtask']);
const areAddresses = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((each) => typeof each === 'string'));
const isPeer = (value: unknown): boolean =>
  isObject(value) && typeof value['name'] === 'string' && typeof value['address'] === 'string';
const ofAssignment = ({ assignment }: Fields): boolean => isCount(assignment);

const TO_TASK_MANAGER: Kinds<TaskCommand | LeaderAnswer> = {
  leader: ({ epoch, known }) => isCount(epoch) && typeof known === 'boolean',
  deploy: ({ deployment }) => isObject(deployment) && hasId(deployment),
  cancel: hasId,
  'add-splits': hasId,
  'trigger-checkpoint': hasId,
  'checkpoint-complete': hasId,
  'checkpoint-aborted': hasId,
};

const OF_TASK_MANAGER: Kinds<TaskManagerReport | TaskReport> = {
  register: ({ slots, addresses }) => isSlots(slots) && areAddresses(addresses),
  heartbeat: ({ attempts, addresses }) => Array.isArray(attempts) && areAddresses(addresses),
  state: (fields) => hasId(fields) && typeof fields['state'] === 'string',
  exhausted: hasId,
  acknowledge: hasId,
  decline: hasId,
};

const TO_WORKER: Kinds<WorkerCommand> = {
  assign: (fields) =>
    ofAssignment(fields) && isCount(fields['slots']) && isObject(fields['graph']) && Array.isArray(fields['secrets']),
  release: ofAssignment,
  dismiss: () => true,
  peers: (fields) => ofAssignment(fields) && Array.isArray(fields['peers']) && fields['peers'].every(isPeer),
  command: (fields) =>
    ofAssignment(fields) && typeof fields['taskManager'] === 'string' && isOf(TO_TASK_MANAGER, fields['message']),
};

const OF_WORKER: Kinds<WorkerReport> = {
  offer: ({ slots }) => isSlots(slots),
  leaving: () => true,
  report: (fields) =>
    ofAssignment(fields) && typeof fields['taskManager'] === 'string' && isOf(OF_TASK_MANAGER, fields['report']),
  metrics: (fields) => ofAssignment(fields) && Array.isArray(fields['changes']) && fields['changes'].every(isChange),
  log: (fields) => ofAssignment(fields) && isEntry(fields['entry']),
  broken: (fields) => ofAssignment(fields) && isObject(fields['failure']),
  released: ofAssignment,
};

export function encodeMessage(message: WorkerCommand | WorkerReport): Uint8Array {
  return encodeJsonWithBytes(message);
}

/** @param payload not kept: what is decoded has a copy of its bytes. @throws WireError */
export function decodeWorkerReport(payload: Uint8Array): WorkerReport {
  return decode<WorkerReport>(payload, OF_WORKER);
}

/** @param payload not kept: what is decoded has a copy of its bytes. @throws WireError */
export function decodeWorkerCommand(payload: Uint8Array): WorkerCommand {
  return decode<WorkerCommand>(payload, TO_WORKER);
}

function decode<M extends { readonly kind: string }>(payload: Uint8Array, kinds: Kinds<M>): M {
  let message: unknown;
  try {
    message = decodeJsonWithBytes(Uint8Array.from(payload));
  } catch (error) {
    throw new WireError('malformed', `a message cannot be read: ${String(error)}`);
  }
  if (isOf(kinds, message)) return message;
  const kind = isObject(message) ? JSON.stringify(message['kind']) : 'none';
  throw new WireError('malformed', `a message of kind ${kind} is not understood: run the same version everywhere`);
}

function isOf<M extends { readonly kind: string }>(kinds: Kinds<M>, message: unknown): message is M {
  if (!isObject(message)) return false;
  const { kind } = message;
  if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) return false;
  return kinds[kind as M['kind']](message);
}

function isChange(value: unknown): value is MetricChange {
  if (!Array.isArray(value)) return false;
  const [scope, name, merging, number] = value as readonly unknown[];
  const isText = typeof scope === 'string' && typeof name === 'string';
  return isText && isMerging(merging) && typeof number === 'number';
}

function isEntry(value: unknown): boolean {
  return isObject(value) && typeof value['time'] === 'number' && typeof value['message'] === 'string';
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isSlots(value: unknown): boolean {
  return isCount(value) && value <= SLOTS_MAX;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
