/**
 * Messages between a worker's process and the coordinator: which slots of it work for which job, and what the JobMasters
 * and task managers of those jobs have to say to each other.
 *
 * Invariants
 * - All of it goes over one connection, in order. When that is closed, every assignment of it is over on both sides: the
 *   worker ends what runs and offers its slots anew, under another name.
 */
import type { LogEntry } from '../common/log.js';
import type { StreamGraph } from '../job/stream-graph.js';
import type { MetricChange } from '../metrics/registry.js';
import type { Failure, SlotAddress, TaskCommand, TaskReport } from './task-execution.js';
import type { LeaderAnswer, TaskManagerReport } from './task-manager.js';

export type WorkerReport =
  /** The first, and said once. */
  | { readonly kind: 'offer'; readonly slots: number }
  /** It is to end: its jobs are to go on elsewhere. It stays until it is dismissed, or for as long as it may. */
  | { readonly kind: 'leaving' }
  /** What a task manager of an assignment says to the JobMaster. */
  | {
      readonly kind: 'report';
      readonly assignment: number;
      readonly taskManager: string;
      readonly report: TaskManagerReport | TaskReport;
    }
  /** What its tasks have counted since that was said last. */
  | { readonly kind: 'metrics'; readonly assignment: number; readonly changes: readonly MetricChange[] }
  /** A line about the job, without secrets. */
  | { readonly kind: 'log'; readonly assignment: number; readonly entry: LogEntry }
  /** The assignment cannot run the job, nor would another one. */
  | { readonly kind: 'broken'; readonly assignment: number; readonly failure: Failure }
  /** Nothing of the assignment is there any more: its slots are free. */
  | { readonly kind: 'released'; readonly assignment: number };

export type WorkerCommand =
  /** So many slots of the worker belong to a job, as a task manager of it. */
  | {
      readonly kind: 'assign';
      readonly assignment: number;
      readonly slots: number;
      readonly graph: StreamGraph;
      /** Texts in the graph that are to be shown to nobody. */
      readonly secrets: readonly string[];
      readonly heartbeat: Heartbeat;
    }
  | { readonly kind: 'release'; readonly assignment: number }
  /** Nobody has a slot of it any more: it may go. */
  | { readonly kind: 'dismiss' }
  /** Of the deployments behind it that have `hasPeers`: see SharedPeers. */
  | { readonly kind: 'peers'; readonly assignment: number; readonly peers: readonly SlotAddress[] }
  /** What the JobMaster says to a task manager of the assignment. */
  | {
      readonly kind: 'command';
      readonly assignment: number;
      readonly taskManager: string;
      readonly message: TaskCommand | LeaderAnswer;
      /** Of a deployment whose peers were told before. */
      readonly hasPeers?: boolean;
    };

/** Between a task manager and its JobMaster. */
export interface Heartbeat {
  readonly intervalMs: number;
  /** Without a word for so long, each side takes the other for lost. */
  readonly timeoutMs: number;
}
