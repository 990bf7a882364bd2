/**
 * Runs tasks for JobMasters: acts on their commands and reports what becomes of each attempt. A synchronous machine
 * around a launcher and a slot, so that it runs in a thread, a process and the simulator alike.
 *
 * An attempt's life here: `launching` → `running` → gone, reported as initializing, running, and one of finished,
 * canceled, failed.
 *
 * Invariants
 * - An attempt is deployed at most once; commands about an attempt that is not here are ignored: they come late.
 * - A task is closed before its end is reported: whoever is told that an attempt is over may start the next.
 */
import type { JobGraph } from '../job/job-graph.js';
import { failureOf } from '../rpc/failure-of.js';
import {
  attemptName,
  attemptNumber,
  type AttemptId,
  type Failure,
  type TaskCommand,
  type TaskDeployment,
  type TaskReport,
  type TaskState,
} from '../rpc/task-execution.js';
import type { Task, TaskMail } from '../task/task.js';
import { ChannelTable } from './channel-table.js';
import { LocalChannels } from './local-channels.js';
import type { TaskControl, TaskLauncher } from './task-launcher.js';

/** Where running tasks are stepped. */
export interface TaskRunner {
  add(task: Task, order: number): void;
  remove(task: Task): void;
  /** A task may be able to go on; one that was not added yet is none of the runner's. */
  wake(task: Task | undefined): void;
}

/**
 * The channels of a task; `local` are those inside the slot, of all tasks of the attempt. A channel that breaks fails the
 * task, and one that brings something wakes it.
 */
export type ChannelsOf = (
  deployment: TaskDeployment,
  local: LocalChannels,
  control: Pick<TaskControl, 'fail' | 'wake'>,
) => ChannelTable;

interface Execution {
  readonly id: AttemptId;
  task: Task | undefined;
  /** What it was told while its task was being opened. */
  found: TaskMail | undefined;
  /** Set once it is to end: what will be reported. */
  ending: { readonly state: TaskState; readonly failure?: Failure } | undefined;
}

/** What fails a task and does not say whether that will last is tried again. */
const BY_RESTART = { retriable: true };

export class TaskExecutor {
  readonly #executions = new Map<string, Execution>();
  /** By the attempt of the job. */
  readonly #local = new Map<number, LocalChannels>();
  readonly #order: ReadonlyMap<string, number>;

  constructor(
    job: JobGraph,
    private readonly launcher: TaskLauncher,
    private readonly runner: TaskRunner,
    private readonly report: (report: TaskReport) => void,
    private readonly channelsOf: ChannelsOf = (_, local) => new ChannelTable(job, local),
  ) {
    this.#order = new Map(job.vertices.map(({ id }, index) => [id, index]));
  }

  /** Whether nothing is left of any attempt. */
  get isIdle(): boolean {
    return this.#executions.size === 0;
  }

  /** The tasks that run now. */
  tasks(): Task[] {
    return [...this.#executions.values()].flatMap(({ task }) => task ?? []);
  }

  command(command: TaskCommand): void {
    if (command.kind === 'deploy') {
      this.#deploy(command.deployment);
      return;
    }
    const execution = this.#executions.get(attemptName(command.id));
    if (execution === undefined) return;
    if (command.kind === 'cancel') this.#end(execution, { state: 'canceled' });
    else if (execution.task !== undefined) execution.task.receive(command);
    else if (command.kind === 'add-splits') execution.found = command;
  }

  /** The runner's task has come to its end. */
  done(task: Task): void {
    const execution = this.#of(task);
    if (execution !== undefined) this.#end(execution, { state: 'finished' });
  }

  failed(task: Task, error: Error): void {
    const execution = this.#of(task);
    if (execution !== undefined) this.#end(execution, { state: 'failed', failure: failureOf(error, BY_RESTART) });
  }

  #of(task: Task): Execution | undefined {
    for (const execution of this.#executions.values()) if (execution.task === task) return execution;
    return undefined;
  }

  #deploy(deployment: TaskDeployment): void {
    const { id } = deployment;
    const name = attemptName(id);
    if (this.#executions.has(name)) return;
    const execution: Execution = { id, task: undefined, found: undefined, ending: undefined };
    this.#executions.set(name, execution);
    this.report({ kind: 'state', id, state: 'initializing' });
    const control = this.#controlOf(execution);
    const channels = this.channelsOf(deployment, this.#localOf(attemptNumber(id)), control);
    this.launcher.launch(deployment, channels, control, (outcome) => {
      if (!(outcome instanceof Error)) this.#launched(execution, outcome);
      else this.#gone(execution, execution.ending ?? { state: 'failed', failure: failureOf(outcome, BY_RESTART) });
    });
  }

  /**
   * Tasks of one attempt of the job share their channels. A task may have ended before the one that reads what it left is
   * deployed, so they are kept until there is a later attempt.
   */
  #localOf(attempt: number): LocalChannels {
    const living = new Set([...this.#executions.values()].map(({ id }) => attemptNumber(id)));
    for (const other of this.#local.keys()) if (other < attempt && !living.has(other)) this.#local.delete(other);
    let local = this.#local.get(attempt);
    if (local === undefined) this.#local.set(attempt, (local = new LocalChannels()));
    return local;
  }

  #launched(execution: Execution, task: Task): void {
    execution.task = task;
    if (execution.ending !== undefined) {
      this.#close(execution, task, execution.ending);
      return;
    }
    this.report({ kind: 'state', id: execution.id, state: 'running' });
    if (execution.found !== undefined) task.receive(execution.found);
    this.runner.add(task, this.#order.get(execution.id.task) ?? 0);
  }

  #controlOf(execution: Execution): TaskControl {
    const { id } = execution;
    return {
      acknowledge: ({ checkpoint, snapshot, staged, ...metrics }) =>
        this.report({ kind: 'acknowledge', id, checkpoint, snapshot, staged, metrics }),
      decline: (checkpoint, reason) => this.report({ kind: 'decline', id, checkpoint, reason }),
      exhausted: () => this.report({ kind: 'exhausted', id }),
      watermarkReached: (watermark) => this.report({ kind: 'watermark', id, watermark }),
      addressAnswered: (request, answer) => this.report({ kind: 'address-answer', id, request, answer }),
      wake: () => this.runner.wake(execution.task),
      fail: (error) => this.#end(execution, { state: 'failed', failure: failureOf(error, BY_RESTART) }),
    };
  }

  /** The first reason to end counts. A task that is still being opened is closed when it is open. */
  #end(execution: Execution, ending: NonNullable<Execution['ending']>): void {
    if (execution.ending !== undefined) return;
    execution.ending = ending;
    if (execution.task !== undefined) this.#close(execution, execution.task, ending);
  }

  #close(execution: Execution, task: Task, ending: NonNullable<Execution['ending']>): void {
    this.runner.remove(task);
    this.launcher.close(task, (error) => {
      if (error === undefined || ending.state !== 'finished') this.#gone(execution, ending);
      else this.#gone(execution, { state: 'failed', failure: failureOf(error, BY_RESTART) });
    });
  }

  #gone(execution: Execution, { state, failure }: NonNullable<Execution['ending']>): void {
    this.#executions.delete(attemptName(execution.id));
    this.report({ kind: 'state', id: execution.id, state, ...(failure === undefined ? {} : { failure }) });
  }
}
