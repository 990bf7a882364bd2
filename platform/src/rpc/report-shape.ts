/**
 * The shape of what a worker says to a coordinator: all of it, down to the last number. A worker runs what users have
 * written, and perhaps a version of its own; whatever it says, the coordinator lives, and so do the jobs of others.
 */
import type { LogEntry } from '../common/log.js';
import { isMerging, type MetricChange } from '../metrics/registry.js';
import { addressAnswer } from './address-answer-shape.js';
import {
  count,
  either,
  fields,
  finite,
  kinds,
  list,
  matching,
  oneOf,
  optional,
  text,
  truth,
  tuple,
  upTo,
  type Shape,
} from './shape.js';
import { NAME_LENGTH_MAX, snapshot, stagedEpoch } from './snapshot-shape.js';
import type { AttemptId, CheckpointMetrics, Failure, TaskReport, TaskState } from './task-execution.js';
import type { AttemptStatus, TaskManagerReport } from './task-manager.js';
import type { WorkerReport } from './worker-messages.js';

/** Of one worker: no machine has as many processors. */
const SLOTS_MAX = 4096;
/** What somebody is told, with all that a connector quotes. */
const TEXT_LENGTH_MAX = 1 << 20;
const ADDRESS = /^[^\s\p{Cc}]+:\d{1,5}$/u;

const name = text(NAME_LENGTH_MAX);
const message = text(TEXT_LENGTH_MAX);
const addresses = optional(list(matching(ADDRESS, NAME_LENGTH_MAX), SLOTS_MAX));
const id = fields<AttemptId>({ epoch: count, attempt: count, task: name, subtask: count });
const state: Shape<TaskState> = oneOf(['initializing', 'running', 'finished', 'canceled', 'failed']);
const failure = fields<Failure>({ code: name, message, retriable: truth });
const found = fields<AttemptStatus['found']>({ splits: count, more: truth });
const attempt = fields<AttemptStatus>({ id, state, failure: optional(failure), exhausted: truth, found });
const metrics = fields<CheckpointMetrics>({
  ...{ alignmentMs: finite, syncMs: finite, asyncMs: finite },
  ...{ bytes: count, inFlightBytes: count, isBusy: optional(truth) },
});

const ofTaskManager = kinds<TaskManagerReport>({
  register: { slots: upTo(SLOTS_MAX), addresses },
  heartbeat: { attempts: list(attempt), addresses },
});

const ofTask = kinds<TaskReport>({
  state: { id, state, failure: optional(failure) },
  exhausted: { id },
  acknowledge: { id, checkpoint: count, snapshot, staged: list(stagedEpoch), metrics },
  decline: { id, checkpoint: count, reason: message },
  watermark: { id, watermark: finite },
  'address-answer': { id, request: name, answer: addressAnswer },
});

const change: Shape<MetricChange> = tuple<MetricChange>(name, name, isMerging, finite);
const entry = fields<LogEntry>({
  ...{ time: finite, level: oneOf(['info', 'warn', 'error']), message },
  ...{ job: optional(name), task: optional(name), attempt: optional(name) },
});

export const workerReport: Shape<WorkerReport> = kinds<WorkerReport>({
  offer: { slots: upTo(SLOTS_MAX) },
  leaving: {},
  report: { assignment: count, taskManager: name, report: either(ofTaskManager, ofTask) },
  metrics: { assignment: count, changes: list(change) },
  log: { assignment: count, entry },
  broken: { assignment: count, failure },
  released: { assignment: count },
});
