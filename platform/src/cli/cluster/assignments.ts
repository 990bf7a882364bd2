/**
 * The slots of workers that runs of jobs have: what a JobMaster and its task managers say to each other goes by them.
 *
 * Invariant: of what a run says of its graph a worker is told once, and then by reference: see rpc/shared-peers.ts.
 */
import { PeersOut } from '../../rpc/shared-peers.js';
import type { TaskCommand } from '../../rpc/task-execution.js';
import type { LeaderAnswer } from '../../rpc/task-manager.js';
import type { WorkerCommand, Heartbeat } from '../../rpc/worker-messages.js';
import type { SlotAssignment } from '../../scheduling/slot-allocator.js';
import type { JobRun } from './job-run.js';

interface Given {
  readonly assignment: SlotAssignment;
  readonly run: JobRun;
}

export class Assignments {
  readonly #given = new Map<number, Given>();
  readonly #peers = new PeersOut();

  constructor(
    private readonly heartbeat: Heartbeat,
    private readonly sendTo: (worker: string, message: WorkerCommand) => void,
  ) {}

  give(assignment: SlotAssignment, run: JobRun): void {
    const { id, worker, slots } = assignment;
    const { graph, secrets } = run.options;
    const { heartbeat } = this;
    this.#given.set(id, { assignment, run });
    this.sendTo(worker, { kind: 'assign', assignment: id, slots, graph, secrets: [...secrets], heartbeat });
  }

  /** The worker is to let go of it; until it has, it is known here. */
  release({ worker, id }: SlotAssignment): void {
    this.sendTo(worker, { kind: 'release', assignment: id });
  }

  released(id: number): void {
    this.#given.delete(id);
    this.#peers.forget(id);
  }

  find(id: number): Given | undefined {
    return this.#given.get(id);
  }

  /** To a task manager of an assignment, if that is still known. */
  send(id: number, taskManager: string, message: TaskCommand | LeaderAnswer): void {
    const worker = this.#given.get(id)?.assignment.worker;
    if (worker === undefined) return;
    for (const command of this.#peers.commands(id, taskManager, message)) this.sendTo(worker, command);
  }

  /** The worker is gone, with all of its slots. */
  lose(worker: string, reason: string): void {
    const lost = [...this.#given].filter(([, { assignment }]) => assignment.worker === worker);
    for (const [id, { run }] of lost) {
      this.released(id);
      run.lose(id, reason);
    }
  }
}
