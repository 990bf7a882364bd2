/**
 * Every instrument that there is, by name. Names are in OpenTelemetry's form (dots between namespaces, base units); what
 * Apache Flink measures has its words. `docs/telemetry.md` shows this table, and a test holds it to it.
 *
 * Invariants
 * - A name says one thing for good: who has built a dashboard on it depends on it.
 */
import type { Instrument } from './instrument.js';

const TASK = ['job', 'task', 'subtask'] as const;
const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600] as const;

const LATENCIES = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

export const INSTRUMENTS = {
  'tidegate.task.records.in': {
    ...{ kind: 'counter', unit: '{record}', labels: TASK, flink: 'numRecordsIn' },
    description: 'records that a task has taken from its channels, or read',
  },
  'tidegate.task.records.out': {
    ...{ kind: 'counter', unit: '{record}', labels: TASK, flink: 'numRecordsOut' },
    description: 'records that a task has put into channels, each as often as there are receivers',
  },
  'tidegate.task.busy.time': {
    ...{ kind: 'counter', unit: 's', labels: TASK, flink: 'busyTimeMsPerSecond' },
    description: 'time that a task has spent in its own steps: its rate is the ratio',
  },
  'tidegate.task.back_pressured.time': {
    ...{ kind: 'counter', unit: 's', labels: TASK, flink: 'backPressuredTimeMsPerSecond' },
    description: 'time in which what a task has made waited for others',
  },
  'tidegate.task.idle.time': {
    ...{ kind: 'counter', unit: 's', labels: TASK, flink: 'idleTimeMsPerSecond' },
    description: 'time in which a task waited for input, or for its turn',
  },
  'tidegate.task.watermark': {
    ...{ kind: 'gauge', unit: 's', labels: TASK, flink: 'currentInputWatermark' },
    description: 'the watermark that a task has reached, seconds since 1970; absent before the first',
  },
  'tidegate.task.watermark.lag': {
    ...{ kind: 'gauge', unit: 's', labels: TASK, flink: 'watermarkLag' },
    description: 'how far that watermark is behind the clock of the machine',
  },
  'tidegate.channel.output.usage': {
    ...{ kind: 'gauge', unit: '1', labels: [...TASK, 'channel'], flink: 'outPoolUsage' },
    description: 'how full the fullest of a task’s channels to a receiver is, from 0 to 1; 1: it has no credit',
  },
  'tidegate.network.bytes.sent': {
    ...{ kind: 'counter', unit: 'By', labels: ['job'], flink: 'numBytesOut' },
    description: 'sent to slots of other processes, without what the connections add',
  },
  'tidegate.network.bytes.received': {
    ...{ kind: 'counter', unit: 'By', labels: ['job'], flink: 'numBytesIn' },
    description: 'received from slots of other processes, without what the connections add',
  },

  'tidegate.task.records.pending': {
    ...{ kind: 'gauge', unit: '{record}', labels: ['job', 'task', 'subtask'], flink: 'pendingRecords' },
    description:
      'records of Kafka that a subtask of an ingress has still before it: the consumer lag of its partitions',
  },
  'tidegate.ingress.records': {
    ...{ kind: 'counter', unit: '{record}', labels: ['job', 'ingress'], flink: 'numRecordsIn' },
    description: 'events that an ingress has read, late ones among them',
  },
  'tidegate.ingress.bytes': {
    ...{ kind: 'counter', unit: 'By', labels: ['job', 'ingress'], flink: 'numBytesIn' },
    description: 'bytes that an ingress has read',
  },
  'tidegate.ingress.records.late': {
    ...{ kind: 'counter', unit: '{record}', labels: ['job', 'ingress'], flink: 'numLateRecordsDropped' },
    description: 'events from behind the watermark',
  },
  'tidegate.ingress.records.bad': {
    ...{ kind: 'counter', unit: '{record}', labels: ['job', 'ingress'], flink: 'numRecordsInErrors' },
    description: 'records that could not be read: dead letters, if the application keeps them',
  },
  'tidegate.ingress.event_time': {
    ...{ kind: 'gauge', unit: 's', labels: ['job', 'ingress'] },
    description: 'the latest event time that was read, seconds since 1970',
  },
  'tidegate.ingress.event_time.lag': {
    ...{ kind: 'gauge', unit: 's', labels: ['job', 'ingress'], flink: 'currentEmitEventTimeLag' },
    description: 'how far that is behind the clock of the machine',
  },
  'tidegate.egress.records': {
    ...{ kind: 'counter', unit: '{record}', labels: ['job', 'egress'], flink: 'numRecordsSend' },
    description: 'records that were given to an egress',
  },
  'tidegate.egress.commit.duration': {
    ...{ kind: 'histogram', unit: 's', labels: ['job', 'egress'], bounds: SECONDS },
    description:
      'from the trigger of a checkpoint until an egress has made its epoch visible, exactly once: of each epoch, one a subtask',
  },
  'tidegate.egress.transactions': {
    ...{ kind: 'counter', unit: '{transaction}', labels: ['job', 'egress', 'outcome'] },
    description:
      'transactions with Kafka by their end: committed, fenced (also those that took too long), failed; they are sent again',
  },
  'tidegate.egress.request.duration': {
    ...{ kind: 'histogram', unit: 's', labels: ['job', 'egress'], bounds: SECONDS },
    description: 'from a request of a webhook until it was answered, or given up',
  },
  'tidegate.egress.deliveries': {
    ...{ kind: 'counter', unit: '{delivery}', labels: ['job', 'egress', 'outcome'] },
    description:
      'what requests of a webhook came to: delivered, retried (to be sent again), given_up (a dead letter, or dropped)',
  },
  'tidegate.operator.records.late': {
    ...{ kind: 'counter', unit: '{record}', labels: ['job', 'operator'], flink: 'numLateRecordsDropped' },
    description: 'events that came to a pattern from behind an idle time, and were left out',
  },
  'tidegate.operator.records.keyless': {
    ...{ kind: 'counter', unit: '{record}', labels: ['job', 'operator'] },
    description: 'events without a usable key: dead letters',
  },
  'tidegate.function.in': {
    ...{ kind: 'counter', unit: '{message}', labels: ['job', 'function'], flink: 'in' },
    description: 'messages that came for functions of a type',
  },
  'tidegate.function.out.local': {
    ...{ kind: 'counter', unit: '{message}', labels: ['job', 'function'], flink: 'outLocal' },
    description: 'messages that a type sent to functions of the same subtask',
  },
  'tidegate.function.out.remote': {
    ...{ kind: 'counter', unit: '{message}', labels: ['job', 'function'], flink: 'outRemote' },
    description: 'messages that a type sent to functions of other subtasks',
  },
  'tidegate.function.out.egress': {
    ...{ kind: 'counter', unit: '{message}', labels: ['job', 'function'], flink: 'outEgress' },
    description: 'messages that a type emitted to egresses',
  },
  'tidegate.function.in_flight': {
    ...{ kind: 'gauge', unit: '{address}', labels: ['job', 'function', 'subtask'], flink: 'inflightAsyncOps' },
    description: 'addresses that are called now: one call of an address at a time',
  },
  'tidegate.function.backlog': {
    ...{ kind: 'gauge', unit: '{message}', labels: ['job', 'function', 'subtask'], flink: 'numBackLog' },
    description: 'messages that are not applied yet, those of calls under way among them',
  },
  'tidegate.function.blocked': {
    ...{ kind: 'gauge', unit: '{address}', labels: ['job', 'function', 'subtask'], flink: 'numBlockedAddress' },
    description: 'addresses that failed and wait for their next attempt, or are parked',
  },
  'tidegate.function.invocations': {
    ...{ kind: 'counter', unit: '{call}', labels: ['job', 'function'] },
    description: 'calls of addresses, whichever requests they share',
  },
  'tidegate.function.invocations.failed': {
    ...{ kind: 'counter', unit: '{call}', labels: ['job', 'function'], flink: 'remoteInvocationFailures' },
    description: 'those that failed, of each attempt',
  },
  'tidegate.function.invocation.duration': {
    ...{ kind: 'histogram', unit: 's', labels: ['job', 'function'], flink: 'remoteInvocationLatency' },
    bounds: LATENCIES,
    description:
      'from a call of an address to its answer, of each attempt; with `requests`, until what came of it is in the log',
  },
  'tidegate.function.dead_letters': {
    ...{ kind: 'counter', unit: '{message}', labels: ['job', 'function'] },
    description: 'messages that were given up',
  },
  'tidegate.rule.alerts': {
    ...{ kind: 'counter', unit: '{alert}', labels: ['job', 'rule'] },
    description: 'alerts of a rule, without those that were suppressed',
  },
  'tidegate.rule.alerts.suppressed': {
    ...{ kind: 'counter', unit: '{alert}', labels: ['job', 'rule'] },
    description: 'alerts that `suppress` has kept back',
  },
  'tidegate.rule.timeouts': {
    ...{ kind: 'counter', unit: '{match}', labels: ['job', 'rule'] },
    description: 'partial matches that ran out of time and were told',
  },
  'tidegate.rule.errors': {
    ...{ kind: 'counter', unit: '{error}', labels: ['job', 'rule'] },
    description: 'matches whose alert could not be made: dead letters',
  },
  'tidegate.rule.matches.dropped': {
    ...{ kind: 'counter', unit: '{match}', labels: ['job', 'rule'] },
    description: 'partial matches that an edited rule had no place for',
  },

  'tidegate.job.state': {
    ...{ kind: 'gauge', unit: '1', labels: ['job', 'state'] },
    description: '1 for the state that a job is in',
  },
  'tidegate.job.restarts': {
    ...{ kind: 'counter', unit: '{restart}', labels: ['job'], flink: 'numRestarts' },
    description: 'restarts after failures, under this coordinator',
  },
  'tidegate.job.recovery.duration': {
    ...{ kind: 'histogram', unit: 's', labels: ['job'], flink: 'restartingTime', bounds: SECONDS },
    description: 'from a failure until all tasks run again',
  },
  'tidegate.checkpoint.completed': {
    ...{ kind: 'counter', unit: '{checkpoint}', labels: ['job'], flink: 'numberOfCompletedCheckpoints' },
    description: 'checkpoints and savepoints that are complete',
  },
  'tidegate.checkpoint.failed': {
    ...{ kind: 'counter', unit: '{checkpoint}', labels: ['job'], flink: 'numberOfFailedCheckpoints' },
    description: 'those that were given up',
  },
  'tidegate.checkpoint.in_progress': {
    ...{ kind: 'gauge', unit: '{checkpoint}', labels: ['job'], flink: 'numberOfInProgressCheckpoints' },
    description: 'those that are under way',
  },
  'tidegate.checkpoint.duration': {
    ...{ kind: 'histogram', unit: 's', labels: ['job'], flink: 'lastCheckpointDuration', bounds: SECONDS },
    description: 'from the trigger of a complete one until it is complete',
  },
  'tidegate.checkpoint.alignment.duration': {
    ...{ kind: 'histogram', unit: 's', labels: ['job'], flink: 'checkpointAlignmentTime', bounds: SECONDS },
    description: 'from the first barrier to the last, where that took longest',
  },
  'tidegate.checkpoint.last.size': {
    ...{ kind: 'gauge', unit: 'By', labels: ['job'], flink: 'lastCheckpointSize' },
    description: 'written for the latest complete one, without what it shares with earlier ones',
  },
  'tidegate.checkpoint.last.full_size': {
    ...{ kind: 'gauge', unit: 'By', labels: ['job'], flink: 'lastCheckpointFullSize' },
    description: 'all that the latest complete one holds: the size of the job’s state',
  },
  'tidegate.checkpoint.last.in_flight.size': {
    ...{ kind: 'gauge', unit: 'By', labels: ['job'], flink: 'lastCheckpointPersistedData' },
    description: 'of that, records that the barriers overtook',
  },
  'tidegate.checkpoint.last.age': {
    ...{ kind: 'gauge', unit: 's', labels: ['job'] },
    description: 'since the latest complete one was triggered: what a failure now would have to do again',
  },

  'tidegate.slots.total': {
    ...{ kind: 'gauge', unit: '{slot}', labels: [], flink: 'taskSlotsTotal' },
    description: 'slots of all workers',
  },
  'tidegate.slots.free': {
    ...{ kind: 'gauge', unit: '{slot}', labels: [], flink: 'taskSlotsAvailable' },
    description: 'slots that are nobody’s',
  },
  'tidegate.slots.missing': {
    ...{ kind: 'gauge', unit: '{slot}', labels: ['job'] },
    description: 'slots that a job waits for',
  },
  'tidegate.workers': {
    ...{ kind: 'gauge', unit: '{worker}', labels: [], flink: 'numRegisteredTaskManagers' },
    description: 'workers that are connected',
  },
  'tidegate.coordinator.leading': {
    ...{ kind: 'gauge', unit: '1', labels: [] },
    description: '1 while this coordinator leads, 0 while it stands by',
  },

  'process.memory.usage': {
    ...{ kind: 'gauge', unit: 'By', labels: [] },
    description: 'resident memory of the process',
  },
  'process.cpu.time': {
    ...{ kind: 'counter', unit: 's', labels: [] },
    description: 'processor time of the process, of all its threads',
  },
  'process.uptime': {
    ...{ kind: 'gauge', unit: 's', labels: [] },
    description: 'since the process began',
  },
  'v8js.memory.heap.used': {
    ...{ kind: 'gauge', unit: 'By', labels: [], flink: 'Status.JVM.Memory.Heap.Used' },
    description: 'heap of the main thread in use; a slot has one of its own',
  },
  'v8js.memory.heap.limit': {
    ...{ kind: 'gauge', unit: 'By', labels: [], flink: 'Status.JVM.Memory.Heap.Max' },
    description: 'heap that the main thread may have',
  },
  'nodejs.eventloop.delay.p50': {
    ...{ kind: 'gauge', unit: 's', labels: [] },
    description: 'how late the main thread’s event loop was since the last look, median',
  },
  'nodejs.eventloop.delay.p99': {
    ...{ kind: 'gauge', unit: 's', labels: [] },
    description: 'the same, 99th percentile',
  },
  'nodejs.eventloop.delay.max': {
    ...{ kind: 'gauge', unit: 's', labels: [] },
    description: 'the same, the worst',
  },
} as const satisfies Readonly<Record<string, Instrument>>;

export type InstrumentName = keyof typeof INSTRUMENTS;

export function instrumentOf(name: InstrumentName): Instrument {
  return INSTRUMENTS[name];
}
