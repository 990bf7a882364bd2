/**
 * Messages between task managers and a JobMaster, besides those about tasks: registration and heartbeats.
 *
 * A task manager registers, again and again until it is answered, and then sends heartbeats. A heartbeat says everything
 * that the JobMaster may have missed, and its answer repeats what the task manager may have missed, so no other message has
 * to arrive.
 *
 * Invariants
 * - A task manager's name is new with each of its processes and each of its registrations.
 * - It registers only when it runs nothing. When it is not known to a leader, or hears nothing for the timeout, it ends all
 *   its attempts and registers under a new name. It ignores leaders of lower epochs than the highest that it has heard of.
 * - It lists an attempt from its deployment on, also when it has ended, for as long as it is registered.
 * - Told to cancel an attempt that it does not know, it says that it is canceled, and never deploys it.
 * - When the address of a slot changes it says so before it says what became of the attempts there.
 */
import type { AttemptId, Failure, TaskState } from './task-execution.js';

export interface AttemptStatus {
  readonly id: AttemptId;
  readonly state: TaskState;
  readonly failure?: Failure;
  /** See TaskReport. */
  readonly exhausted: boolean;
  /** Of the splits that it was told of: how many, and whether there may be more. */
  readonly found: { readonly splits: number; readonly more: boolean };
}

export type TaskManagerReport =
  | { readonly kind: 'register'; readonly slots: number; readonly addresses?: SlotAddresses }
  | { readonly kind: 'heartbeat'; readonly attempts: readonly AttemptStatus[]; readonly addresses?: SlotAddresses };

/** Of its slots, in order, each `HOST:PORT`. Absent: they reach each other without. */
export type SlotAddresses = readonly string[];

/** The answer to each of them. */
export interface LeaderAnswer {
  readonly kind: 'leader';
  readonly epoch: number;
  /** Whether the task manager is registered. */
  readonly known: boolean;
}

/** Whether something of the attempt is there still. */
export function isLiving({ state }: AttemptStatus): boolean {
  return state === 'initializing' || state === 'running';
}
