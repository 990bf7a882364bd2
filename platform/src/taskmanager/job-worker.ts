/**
 * What a worker runs for a job: a task manager over the slots that the job has there, and its relation to the JobMaster.
 * To the JobMaster it is a task manager like any other.
 *
 * Invariants
 * - No task runs in the caller's thread, which so answers in time whatever the tasks do.
 * - It registers when all its slots can be reached by those of other workers.
 * - When `close` is done every task and every thread has ended, and nothing more is sent.
 */
import type { Clock } from '../common/clock.js';
import { buildJobGraph } from '../job/job-graph.js';
import type { StreamGraph } from '../job/stream-graph.js';
import { MetricRegistry } from '../metrics/registry.js';
import {
  attemptName,
  isEnd,
  type AttemptId,
  type Failure,
  type TaskCommand,
  type TaskReport,
} from '../rpc/task-execution.js';
import type { LeaderAnswer, SlotAddresses, TaskManagerReport } from '../rpc/task-manager.js';
import type { Heartbeat } from '../rpc/worker-messages.js';
import { LeaderConnection } from './leader-connection.js';
import type { SlotThreads } from './threads/slot-threads.js';
import { StepCell } from './threads/step-cell.js';
import { ThreadedTaskManager } from './threads/threaded-task-manager.js';

export interface JobWorkerOptions {
  readonly graph: StreamGraph;
  readonly slots: number;
  readonly heartbeat: Heartbeat;
  readonly threads: SlotThreads;
  readonly clock: Clock;
}

export interface JobWorkerHost {
  /** A name that no task manager ever had. */
  newName(): string;
  /** To the JobMaster. */
  send(taskManager: string, report: TaskManagerReport | TaskReport): void;
  /** A slot cannot be brought up here. */
  broken(failure: Failure): void;
}

export class JobWorker {
  readonly metrics = new MetricRegistry();
  readonly #connection: LeaderConnection;
  readonly #taskManager: ThreadedTaskManager;
  /** Attempts that have not ended. */
  readonly #living = new Map<string, AttemptId>();
  #isClosing = false;
  #isLocated = false;
  #emptied: () => void = () => undefined;

  /** @throws TidegateError TG408 when the network's memory is too small for the job */
  constructor(
    { graph, slots, heartbeat, threads, clock }: JobWorkerOptions,
    private readonly host: JobWorkerHost,
  ) {
    this.#taskManager = new ThreadedTaskManager({
      job: buildJobGraph(graph),
      networkBytes: graph.settings.memory.networkBytes,
      threads,
      metrics: this.metrics,
      steps: StepCell.allocate(slots),
      report: (report) => this.#report(report),
      listening: {
        slots,
        located: (addresses) => this.#locate(addresses),
        broken: (message) => host.broken({ code: 'TG431', message, retriable: false }),
      },
    });
    this.#connection = new LeaderConnection(
      { slots, heartbeatMs: heartbeat.intervalMs, timeoutMs: heartbeat.timeoutMs },
      clock,
      {
        newName: () => host.newName(),
        send: (name, report) => this.#send(name, report),
        command: (command) => this.#command(command),
      },
      undefined,
    );
  }

  start(): void {
    this.#taskManager.start();
  }

  /** @param to the name that the message is for */
  receive(to: string, message: TaskCommand | LeaderAnswer): void {
    if (!this.#isClosing) this.#connection.receive(to, message);
  }

  /** Ends all its tasks, wherever they are. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#connection.close();
    const emptied = new Promise<void>((resolve) => (this.#emptied = resolve));
    for (const id of [...this.#living.values()]) this.#taskManager.command({ kind: 'cancel', id });
    if (this.#living.size > 0) await emptied;
    await this.#taskManager.close();
  }

  #locate(addresses: SlotAddresses): void {
    if (this.#isClosing) return;
    this.#connection.locate(addresses);
    if (!this.#isLocated) this.#connection.start();
    this.#isLocated = true;
  }

  #command(command: TaskCommand): void {
    if (command.kind === 'deploy') this.#living.set(attemptName(command.deployment.id), command.deployment.id);
    this.#taskManager.command(command);
  }

  #report(report: TaskReport): void {
    if (isEnd(report)) this.#living.delete(attemptName(report.id));
    if (!this.#isClosing) this.#connection.report(report);
    else if (this.#living.size === 0) this.#emptied();
  }

  #send(name: string, report: TaskManagerReport | TaskReport): void {
    if (!this.#isClosing) this.host.send(name, report);
  }
}
