/**
 * A worker of one slot, as the coordinator hears of it: the production LeaderConnection, with tasks that only begin, acknowledge
 * and end, each after the time that it would take.
 */
import { LeaderConnection } from '../../src/taskmanager/leader-connection.js';
import { attemptName, type AttemptId, type TaskCommand, type TaskReport } from '../../src/rpc/task-execution.js';
import type { LeaderAnswer, TaskManagerReport } from '../../src/rpc/task-manager.js';
import type { Heartbeat } from '../../src/rpc/worker-messages.js';
import type { CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import type { VirtualTime } from './virtual-time.js';

/** Virtual ms. */
const DEPLOYED_MS = 2;
const RESTORED_MS = 50;
const CANCELED_MS = 5;
const STATE_BYTES = 100_000;

export interface WorkerHost {
  toJobMaster(worker: SimulatedWorker, taskManager: string, report: TaskManagerReport | TaskReport): void;
  /** Into the storage of checkpoints. */
  write(file: string): void;
  /** A barrier begins at a source. */
  triggered(barrier: CheckpointBarrier): void;
}

export class SimulatedWorker {
  readonly connection: LeaderConnection;
  /** Attempts that have not ended. */
  readonly #living = new Map<string, AttemptId>();
  #isDead = false;
  #names = 0;

  constructor(
    readonly name: string,
    readonly assignment: number,
    heartbeat: Heartbeat,
    private readonly time: VirtualTime,
    private readonly host: WorkerHost,
  ) {
    const options = { slots: 1, heartbeatMs: heartbeat.intervalMs, timeoutMs: heartbeat.timeoutMs };
    this.connection = new LeaderConnection(
      options,
      time,
      {
        newName: () => `${name}/${assignment}/${++this.#names}`,
        send: (taskManager, report) => {
          if (!this.#isDead) host.toJobMaster(this, taskManager, report);
        },
        command: (command) => this.#command(command),
      },
      undefined,
    );
    this.connection.locate([`${name}.example:7000`]);
    this.connection.start();
  }

  receive(taskManager: string, message: TaskCommand | LeaderAnswer): void {
    if (!this.#isDead) this.connection.receive(taskManager, message);
  }

  die(): void {
    this.#isDead = true;
    this.connection.close();
  }

  /** The barrier has come to all tasks here. */
  acknowledge({ checkpoint }: CheckpointBarrier): void {
    for (const id of this.#living.values()) {
      const name = `state/${id.epoch}/${checkpoint}/${id.task}/${id.subtask}/keyed`;
      this.host.write(name);
      const keyGroups = { first: id.subtask, last: id.subtask };
      const content = { format: 'canonical', version: 1, files: [{ name, bytes: STATE_BYTES, crc32: 1 }] } as const;
      const metrics = { alignmentMs: 1, syncMs: 1, asyncMs: 10, bytes: STATE_BYTES, inFlightBytes: 0 };
      const states = [{ owner: id.task, name: 'runs', kind: 'value', codec: 'record/1', schema: {} }] as const;
      const snapshot = { keyed: [{ keyGroups, states, content }], operators: [], channels: [] };
      this.connection.report({ kind: 'acknowledge', id, checkpoint, snapshot, staged: [], metrics });
    }
  }

  #command(command: TaskCommand): void {
    if (command.kind === 'deploy') {
      const { id } = command.deployment;
      this.#living.set(attemptName(id), id);
      this.#later(DEPLOYED_MS, id, 'initializing');
      this.#later(DEPLOYED_MS + RESTORED_MS, id, 'running');
    } else if (command.kind === 'cancel')
      this.time.schedule(CANCELED_MS, () => {
        if (this.#living.delete(attemptName(command.id)))
          this.connection.report({ kind: 'state', id: command.id, state: 'canceled' });
      });
    else if (command.kind === 'trigger-checkpoint') this.host.triggered(command.barrier);
  }

  #later(ms: number, id: AttemptId, state: 'initializing' | 'running'): void {
    this.time.schedule(ms, () => {
      if (!this.#isDead && this.#living.has(attemptName(id))) this.connection.report({ kind: 'state', id, state });
    });
  }
}
