/**
 * The addresses of all slots go over a connection once for all the deployments of an attempt, and not once with each: of a
 * wide job they are most of what a deployment is.
 *
 * Invariants
 * - The connection keeps the order: what a command leaves out came before it.
 */
import type { SlotAddress, TaskCommand } from './task-execution.js';
import type { LeaderAnswer } from './task-manager.js';
import type { WorkerCommand } from './worker-messages.js';

type Message = TaskCommand | LeaderAnswer;

/** The coordinator's side. */
export class PeersOut {
  /** What each assignment was told last. */
  readonly #told = new Map<number, readonly SlotAddress[]>();

  /** @returns what is to be sent, in this order */
  commands(assignment: number, taskManager: string, message: Message): readonly WorkerCommand[] {
    if (message.kind !== 'deploy' || message.deployment.peers === undefined)
      return [{ kind: 'command', assignment, taskManager, message }];
    const { peers, ...deployment } = message.deployment;
    const command = { kind: 'command', assignment, taskManager, message: { kind: 'deploy', deployment } } as const;
    // Of one attempt it is the same array.
    if (this.#told.get(assignment) === peers) return [{ ...command, hasPeers: true }];
    this.#told.set(assignment, peers);
    return [
      { kind: 'peers', assignment, peers },
      { ...command, hasPeers: true },
    ];
  }

  /** The assignment is over. */
  forget(assignment: number): void {
    this.#told.delete(assignment);
  }
}

/** The worker's side. */
export class PeersIn {
  readonly #heard = new Map<number, readonly SlotAddress[]>();

  hear({ assignment, peers }: Extract<WorkerCommand, { readonly kind: 'peers' }>): void {
    this.#heard.set(assignment, peers);
  }

  /** @returns the message as the JobMaster gave it */
  message({ assignment, message, hasPeers }: Extract<WorkerCommand, { readonly kind: 'command' }>): Message {
    const peers = this.#heard.get(assignment);
    if (hasPeers !== true || message.kind !== 'deploy' || peers === undefined) return message;
    return { kind: 'deploy', deployment: { ...message.deployment, peers } };
  }

  forget(assignment: number): void {
    this.#heard.delete(assignment);
  }
}
