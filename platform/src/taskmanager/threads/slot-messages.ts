/** Messages between a task manager and a slot in a thread of its own: plain data, in order, none lost while both live. */
import type { MetricChange } from '../../metrics/registry.js';
import type { TaskCommand, TaskDeployment, TaskReport } from '../../rpc/task-execution.js';
import type { RingEnd } from './ring-end.js';

export type SlotCommand =
  | {
      readonly kind: 'deploy';
      readonly deployment: TaskDeployment;
      readonly rings: readonly RingEnd[];
      /** Rung for this slot, always the same. */
      readonly bell: SharedArrayBuffer;
      /** Of the StepCells of all slots: in its own the slot shows what it is doing. */
      readonly steps: SharedArrayBuffer;
    }
  | Exclude<TaskCommand, { kind: 'deploy' }>
  /** Sources end where they are, without a last watermark. */
  | { readonly kind: 'end-sources' }
  /** Nothing more is to be run. */
  | { readonly kind: 'close' };

export type SlotReport =
  /** Of a slot that is reached by those of other processes: the first report. */
  | { readonly kind: 'listening'; readonly address: string }
  | { readonly kind: 'task'; readonly report: TaskReport }
  /** Comes before the report that an attempt has ended, so that what the attempt counted is known by then. */
  | { readonly kind: 'metrics'; readonly changes: readonly MetricChange[] };
