/**
 * What a running job needs of the world, as the composition root provides it: clocks, disks, and the connectors and
 * formats that the graph names. Everything below asks this port and imports no concrete connector.
 */
import type { Committer, ConnectorMetrics, Format, SinkWriter, Source, WriterOptions } from '@tidegate/connectors/api';
import type { Clock } from '../common/clock.js';
import type { Log } from '../common/log.js';
import type { Random } from '../common/random.js';
import type { TransitionObserver } from '../common/transition-table.js';
import type { FunctionClient } from '../functions/function-client.js';
import type { InvocationLog, LogPosition } from '../functions/requests/invocation-log.js';
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { FunctionNode } from '../job/function-node.js';
import type { KeyedStateHandle, StateBytes, StateFile } from '../job/state-handle.js';
import type { SinkNode, SourceNode } from '../job/stream-graph.js';
import type { PayloadWriter } from '../operators/sink/sink-operator.js';
import type { RecordTypes } from '../operators/sink/outgoing.js';
import type { Table } from '../operators/tables.js';
import type { AttemptId } from '../rpc/task-execution.js';
import type { SnapshotTarget } from '../state/keyed-snapshot.js';
import type { KeyedStore } from '../state/keyed-store.js';
import type { KeyedStoreOptions } from '../state/state-backend.js';
import type { RequestServer } from '../functions/requests/request-server.js';
import type { SpillStorage } from '../time/event-sorter.js';
import type { Tracer } from '../tracing/tracer.js';
import type { OperatorFactory } from './rule-operators.js';

export interface JobEnvironment {
  readonly clock: Clock;
  readonly spill: SpillStorage;
  /** Memory for an input that is sorted before its first watermark; beyond it, `spill`. Default 128 MiB. */
  readonly sortBudgetBytes?: number;
  readonly tables: ReadonlyMap<string, Table>;
  /** Lets timers and I/O of the process run. */
  yieldToEventLoop(): Promise<void>;
  /**
   * Called when no task can go on: a host that drives its sources itself may put in more.
   * @returns whether it did; otherwise the job sleeps until something wakes it
   */
  whenQuiet?(): boolean;
  /** @param fail to be called with an error that the connector cannot throw to a caller */
  createSource(
    node: SourceNode,
    fail: (error: Error) => void,
    metrics?: ConnectorMetrics,
  ): { readonly source: Source; readonly format: Format };
  createSink(
    node: SinkNode,
    types: RecordTypes,
    attempt: SinkAttempt,
    fail: (error: Error) => void,
    metrics: ConnectorMetrics,
  ): EnvironmentSink;
  /** Calls functions, for one task. Absent: there is nobody to call. */
  createFunctionClient?(fail: (error: Error) => void): FunctionClient;
  /** The log of invocations of one subtask. Absent: functions answer nobody from outside. */
  openInvocationLog?(options: InvocationLogOptions): Promise<InvocationLog>;
  /** Opens what takes requests, for functions and for decisions of rules, of one subtask. */
  openRequestServer?(asked: Asked, attempt: RequestAttempt): Promise<RequestServer>;
  /** A store that holds what the handles have of the key groups; fails when they are not whole or do not fit. */
  openKeyedStore(options: TaskStoreOptions): Promise<KeyedStore>;
  /** Told of the transitions that tasks take. */
  readonly observer?: TransitionObserver;
  /** Operators other than those of the application's rules. */
  readonly operators?: OperatorFactory;
  /** Tells that a line was reached at which a test may want the process to die. */
  readonly failpoint?: (name: string) => void;
  readonly tracer?: Tracer;
  readonly random?: Random;
  /** For whoever watches the job. */
  readonly log?: Log;
  /** Where the files of checkpoints and savepoints lie. */
  readonly checkpoints: CheckpointFiles;
}

export interface InvocationLogOptions {
  readonly id: AttemptId;
  /** What the restored checkpoint knows of logs, of all subtasks; undefined: none is restored. */
  readonly positions: readonly LogPosition[] | undefined;
  /** There is something to settle. */
  wake(): void;
  fail(error: Error): void;
}

/** What somebody may ask of a job. */
export type Asked = Pick<FunctionNode, 'requests' | 'decisions'>;

/** For whom requests are taken. */
export interface RequestAttempt {
  /** From 0. */
  readonly subtask: number;
  fail(error: Error): void;
}

/** For whom a sink is made; its delivery the node says. */
export type SinkAttempt = Omit<WriterOptions, 'delivery'>;

export interface EnvironmentSink {
  readonly writer: SinkWriter;
  readonly write: PayloadWriter;
  /** To be awaited before a payload is written: what it is written by may have to be fetched. */
  open?(): Promise<void>;
  /** Present when the egress delivers exactly once. */
  readonly committer?: Committer;
}

/** A task's store, and what it holds at the start. */
export interface TaskStoreOptions extends KeyedStoreOptions {
  readonly id: AttemptId;
  /** That it is restored from. */
  readonly checkpoint: number | undefined;
  readonly restored: readonly KeyedStateHandle[];
  /** See TaskRestore. */
  readonly rehash: boolean;
  /** This store's part of the memory that all of the job's stores have, from 0 to 1. */
  readonly memoryShare: number;
}

export interface CheckpointFiles {
  target(id: AttemptId, barrier: CheckpointBarrier): SnapshotTarget;
  /** Rejects when the file is not whole. */
  read(bytes: StateBytes): Promise<Uint8Array>;
  /** The same in pieces: whether they were whole is known at the end. */
  readChunks(file: StateFile): AsyncIterable<Uint8Array>;
  /** Told which files the subtask's part of a checkpoint names, for those who keep copies. */
  acknowledged?(id: AttemptId, barrier: CheckpointBarrier, files: readonly StateFile[]): Promise<void>;
}
