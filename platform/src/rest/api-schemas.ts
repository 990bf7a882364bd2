/** The shapes of what the API takes and gives, as JSON Schemas by name: components of the OpenAPI document. */
import { ADDRESS_STATUSES } from '../job/address-question.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const time = { type: 'integer', description: 'epoch milliseconds' } as const;

/** @param optional names of properties that may be absent */
function object(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

const amount = { type: 'number' } as const;
const share = { type: 'number', minimum: 0, maximum: 1 } as const;
const failure = object({ code: text, message: text, retriable: flag });
const state = {
  enum: ['submitted', 'waiting-for-slots', 'running', 'suspended', 'finished', 'stopped', 'failed', 'cancelled'],
};
const overview = {
  name: text,
  id: { ...text, description: 'of the submission' },
  state,
  reason: { ...text, description: 'what it waits for, why it is suspended, or why it failed' },
  submittedAt: time,
  endedAt: time,
  rescale: object(
    {
      parallelism: { ...count, description: 'to which it is to come' },
      state: { enum: ['waiting', 'saving', 'starting'] },
      reason: { ...text, description: 'what it waits for' },
    },
    ['reason'],
  ),
};

const address = {
  id: text,
  status: { enum: ADDRESS_STATUSES },
  waiting: { ...count, description: 'messages that are not done with' },
};

const storedValue = {
  bytes: { ...count, description: 'without a value it is more than is shown' },
  value: { description: 'JSON, where it is that' },
  base64: { ...text, description: 'the bytes, where it is not' },
};

export const API_SCHEMAS = {
  Submission: object(
    {
      files: {
        ...listOf(object({ file: { ...text, minLength: 1, maxLength: 1024 }, text })),
        minItems: 1,
        maxItems: 256,
        description: 'the YAML texts of one application',
      },
      baseDir: {
        ...text,
        pattern: '^/',
        description: 'relative paths in the application are taken from here; otherwise from the coordinator’s folder',
      },
      parallelism: { type: 'integer', minimum: 1, description: 'instead of settings.parallelism' },
      again: { ...flag, description: 'a job of this name that has ended begins again' },
      from: {
        ...{ ...text, minLength: 1, maxLength: 4096 },
        description: 'a savepoint where it begins: its folder, or its number among those of this job',
      },
      fresh: { ...flag, description: 'it begins anew, whatever an earlier job of this name has left' },
      allowOlderCheckpoint: {
        ...flag,
        description: 'where the latest checkpoint is damaged, it goes on from one before it',
      },
      allowNonRestoredState: {
        ...flag,
        description: 'state that belongs to what the application does not have any more is left out',
      },
    },
    ['baseDir', 'parallelism', 'again', 'from', 'fresh', 'allowOlderCheckpoint', 'allowNonRestoredState'],
  ),
  Job: object(overview, ['reason', 'endedAt', 'rescale']),
  Jobs: object({ jobs: listOf(ref('Job')) }),
  JobDetails: object(
    {
      ...overview,
      run: object(
        {
          state: text,
          since: { ...time, description: 'in this state, epoch milliseconds' },
          restarts: count,
          parallelism: count,
          tasks: listOf(
            object(
              {
                task: text,
                attempt: { ...text, description: 'of its subtasks, EPOCH.ATTEMPT' },
                states: { type: 'object', additionalProperties: count },
              },
              ['attempt'],
            ),
          ),
          latestCheckpoint: { ...count, description: 'from which it would go on' },
          latestCheckpointAt: time,
        },
        ['latestCheckpoint', 'latestCheckpointAt'],
      ),
    },
    ['reason', 'endedAt', 'rescale', 'run'],
  ),
  JobResult: object(
    {
      name: text,
      state: { enum: ['finished', 'stopped', 'failed', 'cancelled'] },
      failure,
      restarts: count,
      endedAt: time,
    },
    ['failure'],
  ),
  Exceptions: object({
    exceptions: listOf(
      object(
        {
          time,
          cause: failure,
          attempt: text,
          taskManager: text,
          led: object({ to: { enum: ['restart', 'failure', 'same-restart'] }, afterMs: { type: 'number' } }, [
            'afterMs',
          ]),
        },
        ['attempt', 'taskManager'],
      ),
    ),
  }),
  Checkpoints: object({
    checkpoints: listOf(
      object(
        {
          checkpoint: count,
          type: { enum: ['checkpoint', 'savepoint'] },
          outcome: { enum: ['completed', 'aborted'] },
          triggeredAt: time,
          durationMs: { type: 'number' },
          bytes: { ...count, description: 'written for it, without files shared with earlier ones' },
          reason: text,
        },
        ['reason'],
      ),
    ),
  }),
  Logs: object({
    entries: listOf(
      object(
        {
          ...{ number: { ...count, description: 'rises by one; what is missing is forgotten' }, time },
          ...{ level: { enum: ['info', 'warn', 'error'] }, message: text },
          ...{ job: text, task: text, attempt: text, worker: text },
        },
        ['job', 'task', 'attempt', 'worker'],
      ),
    ),
  }),
  JobMetrics: object({
    name: text,
    events: { ...count, description: 'that its ingresses have read' },
    eventsPerSecond: amount,
    written: { ...count, description: 'records that were given to its egresses' },
    alerts: count,
    late: count,
    deadLetters: { ...count, description: 'what could not be read, had no usable key, or made no alert' },
    tasks: listOf(
      object(
        {
          ...{ task: text, recordsIn: count, recordsOut: count },
          ...{ busy: share, backPressured: share, idle: share },
          watermark: { ...time, description: 'the lowest of its subtasks, epoch milliseconds' },
        },
        ['watermark'],
      ),
    ),
    rules: listOf(object({ rule: text, alerts: count, suppressed: count, timeouts: count, errors: count })),
    metrics: listOf(
      object({ name: text, unit: text, value: amount, labels: { type: 'object', additionalProperties: text } }),
    ),
  }),
  Stop: object({ drain: { ...flag, description: 'everything that waits for time is made due first' } }, ['drain']),
  Rescale: object({ parallelism: { type: 'integer', minimum: 1, description: 'up to settings.maxParallelism' } }),
  Addresses: object({
    addresses: listOf(object(address)),
    hasMore: { ...flag, description: 'behind the last one' },
  }),
  Address: object({
    ...address,
    waitingBytes: { ...count, description: 'of the messages that wait' },
    failures: { ...count, description: 'calls that failed in a row' },
    states: { ...listOf(ref('State')), description: 'all that the function has declared' },
  }),
  State: object(
    {
      ...{ name: text, type: text, ...storedValue },
      bytes: {
        ...count,
        description:
          'absent: the address has no such state, or it is in parts; without a value it is more than is shown',
      },
      parts: {
        ...object({ kind: { enum: ['map', 'list'] }, length: { ...count, description: 'of a list' } }, ['length']),
        description: 'where its entries are asked for by themselves',
      },
    },
    ['bytes', 'value', 'base64', 'parts'],
  ),
  Entries: object({
    type: text,
    entries: listOf(ref('Entry')),
    hasMore: { ...flag, description: 'behind the last one' },
  }),
  Entry: object({ key: { ...text, description: 'of a list: its place, from 0' }, ...storedValue }, [
    'bytes',
    'value',
    'base64',
  ]),
  WrittenState: {
    ...object({ value: { description: 'JSON' }, base64: { ...text, description: 'the bytes' } }, ['value', 'base64']),
    ...{ minProperties: 1, maxProperties: 1 },
  },
  Savepoint: object({ folder: text }),
  Workers: object({
    workers: listOf(
      object({ name: text, slots: count, free: count, jobs: listOf(object({ job: text, slots: count })) }),
    ),
  }),
  Health: object({ status: { enum: ['ok'] }, role: { enum: ['leader', 'standby'] }, version: text, cluster: text }),
  Error: object({
    error: object(
      {
        code: text,
        message: text,
        diagnostics: { ...listOf({ type: 'object' }), description: 'as tidegate validate --format json gives them' },
      },
      ['diagnostics'],
    ),
  }),
  Document: { type: 'object', description: 'this document' },
  Nothing: object({}),
} as const satisfies Readonly<Record<string, JsonSchema>>;

export type SchemaName = keyof typeof API_SCHEMAS;
