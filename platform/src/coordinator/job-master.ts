/**
 * Runs one job: recovers it from its checkpoint log, brings its tasks to task managers, takes checkpoints, and starts it
 * again after failures. A synchronous machine: `step` takes what has happened and says what is to be done.
 *
 * Invariants
 * - It trusts the checkpoint log alone: a new leader needs nothing that an old one remembered.
 * - Only current attempts count. Whatever else a task manager runs is canceled.
 * - Messages may be lost, late and doubled: what has not been answered is said again with each heartbeat.
 * - When another leader has written the log it is suspended, and does nothing more.
 */
import { CheckpointCoordinator, type CheckpointRequest } from '../checkpoint/checkpoint-coordinator.js';
import { CheckpointLog } from '../checkpoint/checkpoint-log.js';
import { CheckpointStore } from '../checkpoint/checkpoint-store.js';
import { StorageRequests } from '../checkpoint/storage-requests.js';
import { TidegateError } from '../common/errors.js';
import { Lifecycle } from '../common/transition-table.js';
import { FUNCTIONS } from '../job/function-node.js';
import { ExceptionHistory, type ExceptionEntry } from '../recovery/exception-history.js';
import { tasksToRestart } from '../recovery/failover-regions.js';
import { createRestartStrategy, type RestartStrategy } from '../recovery/restart-strategy.js';
import { failureOf } from '../rpc/failure-of.js';
import type { AttemptId, Failure, TaskCommand, TaskReport } from '../rpc/task-execution.js';
import { isLiving, type AttemptStatus, type TaskManagerReport } from '../rpc/task-manager.js';
import type { Execution } from '../scheduling/execution.js';
import { ExecutionGraph } from '../scheduling/execution-graph.js';
import { SlotPool } from '../scheduling/slot-pool.js';
import { AddressQuestions } from './address-questions.js';
import { AttemptStart } from './attempt-start.js';
import { JobEnding } from './job-ending.js';
import type { JobEffect, JobEvent, JobNotice } from './job-events.js';
import { checkpointOptions, takesCheckpoints, type JobOptions, type JobPorts } from './job-options.js';
import { JobRecovery } from './job-recovery.js';
import { JOB_TRANSITIONS, type JobState } from './job-states.js';
import { Outbox } from './outbox.js';
import { TaskManagers } from './task-managers.js';
import { WatermarkAlignments } from './watermark-alignments.js';

export interface JobResult {
  readonly state: JobState;
  /** Why it failed. */
  readonly failure: Failure | undefined;
  /** Ended by a request to stop: it can be resumed. */
  readonly isStopped: boolean;
  readonly exceptions: readonly ExceptionEntry[];
  readonly restarts: number;
}

const RETRY_MS = 500;

export class JobMaster {
  readonly graph: ExecutionGraph;
  readonly checkpoints: CheckpointCoordinator;
  readonly #life: Lifecycle<JobState>;
  readonly #outbox: Outbox;
  readonly #store: CheckpointStore;
  readonly #slots = new SlotPool();
  readonly #taskManagers: TaskManagers;
  readonly #recovery: JobRecovery;
  readonly #start: AttemptStart;
  readonly #ending: JobEnding;
  readonly #alignments: WatermarkAlignments;
  readonly #questions: AddressQuestions;
  readonly #strategy: RestartStrategy;
  readonly #exceptions = new ExceptionHistory();
  #failure: Failure | undefined;
  /** Tasks that are to have new attempts once the old ones have ended and the time has come. */
  #restarting: { tasks: ReadonlySet<string>; isDue: boolean } | undefined;

  constructor(options: JobOptions, { time, random, observer }: JobPorts) {
    const { graph, settings, leader, start, mustExist, allowNonRestoredState } = options;
    const { maxParallelism } = settings;
    this.#life = new Lifecycle('job', JOB_TRANSITIONS, 'initializing', observer);
    this.#outbox = new Outbox(time);
    const storage = new StorageRequests(this.#outbox, this.#outbox);
    const startFrom = start.from === 'savepoint' ? 'beginning' : start.from;
    const retain = settings.checkpoint?.retain ?? 1;
    this.#store = new CheckpointStore(storage, new CheckpointLog(storage), {
      ...{ leader, retain, startFrom, mustExist },
      ...(options.plan === undefined ? {} : { plan: options.plan }),
    });
    this.#recovery = new JobRecovery(storage, this.#store, start);
    this.graph = new ExecutionGraph(graph, observer);
    this.checkpoints = new CheckpointCoordinator(
      checkpointOptions(options),
      this.#store,
      this.#outbox,
      {
        send: (id, command) => this.#sendTo(id, command),
        fail: (failure) => this.#failover([], failure),
        fenced: () => this.#suspend(),
        triggered: (barrier) => this.#notify({ kind: 'checkpoint-triggered', barrier }),
        ended: (statistics) => this.#notify({ kind: 'checkpoint-ended', statistics }),
      },
      observer,
    );
    this.#start = new AttemptStart(
      this.graph,
      graph,
      { maxParallelism, allowNonRestoredState, edits: options.edits ?? new Map<string, never>() },
      this.#store,
      this.#slots,
      this.#outbox,
      {
        deploy: (execution) => this.#deploy(execution),
        addSplits: (id, found) => this.#sendTo(id, { kind: 'add-splits', id, found }),
        deployed: () => this.#deployed(),
        endsAt: (checkpoint) => this.#ending.endsAt(checkpoint),
        failed: (failure) => this.#failover([], failure),
        // The first fence of a leader may meet a late write of the one before: it is read, and the next fence stands above.
        fenced: () => (this.state === 'created' && this.#start.attempt === 1 ? this.#recover() : this.#suspend()),
      },
    );
    const ending = {
      takesCheckpoints: takesCheckpoints(graph, settings.checkpoint),
      hasLoops: graph.edges.some(({ feedback }) => feedback),
    };
    this.#ending = new JobEnding(this.graph, this.checkpoints, ending, this.#outbox);
    this.#alignments = new WatermarkAlignments(graph, this.graph, this.#outbox, (id, command) =>
      this.#sendTo(id, command),
    );
    this.#questions = new AddressQuestions({
      ...{ job: graph, maxParallelism, graph: this.graph, clock: this.#outbox },
      send: (id, command) => this.#sendTo(id, command),
      answered: (request, answer) => this.#notify({ kind: 'address-answer', request, answer }),
    });
    this.#taskManagers = new TaskManagers(options.heartbeatTimeout, this.#outbox, (taskManager, reason, silentMs) =>
      this.#taskManagerLost(taskManager, reason, silentMs),
    );
    this.#strategy = createRestartStrategy(settings.restart, random);
  }

  get state(): JobState {
    return this.#life.state;
  }

  get isTerminal(): boolean {
    return this.#life.isTerminal;
  }

  /** The job has ended, and so has the deletion of the files that it no longer needs. */
  get isDone(): boolean {
    return this.isTerminal && this.#outbox.isIdle;
  }

  get result(): JobResult {
    const { state } = this;
    const { entries: exceptions, restarts } = this.#exceptions;
    return { state, failure: this.#failure, isStopped: this.#ending.isStop, exceptions, restarts };
  }

  /** @returns what is to be done, in this order */
  step(event: JobEvent): readonly JobEffect[] {
    // An ended job only hears of what it has asked the storage.
    if (!this.isTerminal || event.kind === 'storage' || event.kind === 'timer') this.#handle(event);
    return this.#outbox.take();
  }

  #handle(event: JobEvent): void {
    switch (event.kind) {
      case 'lead':
        return this.#recover();
      case 'suspend':
        return this.#suspend();
      case 'task-manager':
        return this.#hear(event.taskManager, event.report);
      case 'task-manager-lost':
        return this.#taskManagers.lose(event.taskManager, event.reason);
      case 'storage':
        return this.#outbox.answer(event.request, event.answer);
      case 'timer':
        return this.#outbox.fire(event.timer);
      case 'splits':
        return this.#outbox.found(event.discovery, event.found);
      case 'ask-address':
        return this.#questions.ask(event.request, event.question);
      case 'cancel':
        return this.#cancel();
      case 'savepoint':
        return this.#request(event.request, 'savepoint', 'continue');
      case 'stop':
        return this.#request(
          event.request,
          event.savepoint ? 'savepoint' : 'checkpoint',
          event.drain ? 'drain' : 'end',
        );
    }
  }

  #recover(): void {
    this.#recovery.recover((recovery) => {
      if (this.state !== 'initializing' && this.state !== 'created') return;
      if (recovery instanceof TidegateError) return this.#fail(failureOf(recovery, { retriable: false }));
      for (const message of recovery.warnings) this.#notify({ kind: 'warning', message });
      if (this.state === 'initializing') this.#to('created');
      this.checkpoints.lead(recovery.epoch, recovery.nextCheckpoint);
      this.#start.lead(recovery.epoch);
      for (const execution of this.graph.executions()) execution.cancel();
      this.#start.begin(new Set(this.graph.tasks.map(({ id }) => id)));
    });
  }

  // Deployment and the course of attempts.

  #deploy(execution: Execution): void {
    this.graph.deployed(execution);
    this.#notify({ kind: 'execution-state', attempt: execution.name, state: execution.state });
    this.#sendDeployment(execution);
  }

  #sendDeployment({ id, deployment }: Execution): void {
    if (deployment !== undefined) this.#sendTo(id, { kind: 'deploy', deployment });
  }

  #deployed(): void {
    if (this.state !== 'running') this.#to('running');
  }

  #hear(taskManager: string, report: TaskManagerReport | TaskReport): void {
    this.#taskManagers.hear(taskManager);
    switch (report.kind) {
      case 'register':
        if (this.#taskManagers.register(taskManager)) this.#slots.register(taskManager, report.slots);
        this.#slots.locate(taskManager, report.addresses);
        this.#answer(taskManager);
        return this.#start.resume();
      case 'heartbeat':
        this.#slots.locate(taskManager, report.addresses);
        this.#answer(taskManager);
        return this.#reconcile(taskManager, report.attempts);
      default:
        return this.#report(taskManager, report);
    }
  }

  #answer(taskManager: string): void {
    const message = {
      kind: 'leader',
      epoch: this.#start.epoch,
      known: this.#taskManagers.isKnown(taskManager),
    } as const;
    this.#outbox.push({ kind: 'send', taskManager, message });
  }

  #report(taskManager: string, report: TaskReport): void {
    const execution = this.graph.find(report.id);
    if (execution?.taskManager !== taskManager) return;
    switch (report.kind) {
      case 'state':
        if (execution.report(report.state, report.failure)) this.#changed(execution);
        return;
      case 'exhausted':
        execution.exhaust();
        return this.#ending.check();
      case 'acknowledge':
        return this.checkpoints.acknowledge(report);
      case 'decline':
        return this.checkpoints.decline(report);
      case 'watermark':
        return this.#alignments.hear(report);
      case 'address-answer':
        return this.#questions.hear(report);
    }
  }

  /** Hears what was missed, and says again what was not heard. */
  #reconcile(taskManager: string, attempts: readonly AttemptStatus[]): void {
    const listed = new Set<Execution>();
    for (const attempt of attempts) {
      const { id, state, failure, exhausted, found } = attempt;
      const execution = this.graph.find(id);
      if (execution?.taskManager !== taskManager) {
        if (isLiving(attempt)) this.#outbox.push({ kind: 'send', taskManager, message: { kind: 'cancel', id } });
        continue;
      }
      listed.add(execution);
      this.#report(taskManager, { kind: 'state', id, state, ...(failure === undefined ? {} : { failure }) });
      if (exhausted) this.#report(taskManager, { kind: 'exhausted', id });
      if (!execution.isTerminal) this.#start.repeat(execution, found);
    }
    for (const execution of this.graph.at(taskManager)) {
      if (execution.isTerminal) continue;
      const { id, state } = execution;
      const { completed } = this.checkpoints;
      if (state === 'canceling') this.#sendTo(id, { kind: 'cancel', id });
      else if (!listed.has(execution)) this.#sendDeployment(execution);
      else if (this.#ending.isEnding && completed !== undefined) {
        this.#sendTo(id, { kind: 'checkpoint-complete', id, checkpoint: completed });
      }
    }
  }

  #changed(execution: Execution): void {
    this.#notify({ kind: 'execution-state', attempt: execution.name, state: execution.state });
    switch (execution.state) {
      case 'running':
        return this.#runningChanged();
      case 'finished':
        this.#start.resume();
        return this.#finishedChanged();
      case 'failed':
        return this.#failover([execution], execution.failure!);
      default:
        return this.#settle();
    }
  }

  #runningChanged(): void {
    if (this.state !== 'running' || !this.graph.areAll(({ state }) => state === 'running')) return;
    this.#alignments.start();
    if (this.#ending.isEnding) return;
    const participants = this.graph.tasks.map(({ id, isSource }) => {
      const holdsInput = id === FUNCTIONS;
      return {
        task: id,
        isSource,
        holdsInput,
        attempts: this.graph.executions(new Set([id])).map((execution) => execution.id),
      };
    });
    this.checkpoints.start(participants);
    this.#ending.check();
  }

  #finishedChanged(): void {
    this.checkpoints.stop('tasks have finished');
    if (this.state !== 'running' || !this.graph.areAll(({ state }) => state === 'finished')) return;
    if (this.#ending.isStop) return this.#end('finished');
    this.#store.finish(this.checkpoints.last, (outcome) => {
      if (this.state !== 'running') return;
      if (outcome.kind === 'fenced') this.#suspend();
      else if (outcome.kind === 'stored') this.#end('finished');
      else this.#outbox.schedule(RETRY_MS, () => this.#finishedChanged());
    });
  }

  // Failures.

  #taskManagerLost(taskManager: string, reason: string, silentMs: number): void {
    this.#slots.remove(taskManager);
    const failure = { code: 'TG431', message: `${taskManager} is lost: ${reason}`, retriable: true };
    const lost = this.graph.at(taskManager).filter((execution) => execution.report('failed', failure));
    this.graph.forget(taskManager);
    for (const { name, state } of lost) this.#notify({ kind: 'execution-state', attempt: name, state });
    const failed = lost.filter(({ state }) => state === 'failed');
    if (failed.length > 0) this.#failover(failed, failure, silentMs);
    else this.#settle();
  }

  /**
   * @param failed the executions that failed; none when it was the job as a whole
   * @param silentMs see JobNotice
   */
  #failover(failed: readonly Execution[], failure: Failure, silentMs?: number): void {
    if (this.state === 'failing' || this.state === 'cancelling') return this.#settle();
    const isSame = this.#restarting !== undefined;
    const mayRestart = failure.retriable || (failure.code === 'TG421' && this.#goBack(failure));
    const afterMs = isSame || !mayRestart ? 0 : this.#strategy.failed(this.#outbox.monotonic());
    const led: ExceptionEntry['led'] =
      !mayRestart || afterMs === undefined
        ? { to: 'failure' }
        : isSame
          ? { to: 'same-restart' }
          : { to: 'restart', afterMs };
    this.#record(failed[0], failure, led);
    if (!mayRestart || afterMs === undefined) return this.#fail(failure);
    const tasks = this.#tasksToRestart(failed);
    this.#ending.interrupt();
    this.checkpoints.stop(`tasks failed: ${failure.message}`);
    this.#alignments.stop();
    this.#questions.stop();
    if (this.isTerminal) return;
    const silent = silentMs === undefined ? {} : { silentMs };
    this.#notify({ kind: 'restart', cause: failure, afterMs, tasks: [...tasks], ...silent });
    this.#restart(tasks, afterMs);
  }

  /** @returns whether there is an older checkpoint that may be used instead of a damaged one */
  #goBack({ message }: Failure): boolean {
    if (!this.#store.giveUpLatest()) return false;
    const older = this.#store.latest?.metadata.checkpoint;
    this.#notify({ kind: 'warning', message: `the job goes back to checkpoint ${older}: ${message}` });
    return true;
  }

  #tasksToRestart(failed: readonly Execution[]): ReadonlySet<string> {
    const all = new Set(this.graph.tasks.map(({ id }) => id));
    // What is about to end, or has, cannot take part in the checkpoints of what begins again.
    const isWhole = failed.length === 0 || this.#ending.isUnderWay;
    if (isWhole) return all;
    const own = failed.flatMap(({ id }) => [...tasksToRestart(id.task, this.graph.regions)]);
    const waiting = this.graph.executions().filter(({ state }) => state === 'created');
    return new Set([...own, ...waiting.map(({ id }) => id.task), ...(this.#restarting?.tasks ?? [])]);
  }

  #record(execution: Execution | undefined, cause: Failure, led: ExceptionEntry['led']): void {
    const { name, taskManager } = execution ?? {};
    this.#exceptions.add({
      time: this.#outbox.now(),
      cause,
      led,
      ...(name === undefined ? {} : { attempt: name }),
      ...(taskManager === undefined ? {} : { taskManager }),
    });
  }

  #restart(tasks: ReadonlySet<string>, afterMs: number): void {
    const isUnderWay = this.#restarting !== undefined;
    const restarting = { tasks, isDue: this.#restarting?.isDue ?? false };
    this.#start.giveUp();
    if (this.state !== 'restarting') this.#to('restarting');
    this.#restarting = restarting;
    this.#cancelAll(tasks);
    if (isUnderWay) return this.#settle();
    this.#outbox.schedule(afterMs, () => {
      if (this.#restarting !== undefined) this.#restarting.isDue = true;
      this.#settle();
    });
  }

  #cancelAll(tasks?: ReadonlySet<string>): void {
    for (const execution of this.graph.executions(tasks)) {
      const { id, state, name } = execution;
      if (execution.cancel()) this.#sendTo(id, { kind: 'cancel', id });
      if (execution.state !== state) this.#notify({ kind: 'execution-state', attempt: name, state: execution.state });
    }
  }

  /** Goes on where it waited for tasks to end. */
  #settle(): void {
    if (!this.graph.areAll(({ isTerminal }) => isTerminal, this.#restarting?.tasks)) return;
    if (this.state === 'failing') return this.#end('failed');
    if (this.state === 'cancelling') return this.#end('canceled');
    if (this.#restarting?.isDue !== true) return;
    const { tasks } = this.#restarting;
    this.#restarting = undefined;
    this.#start.begin(tasks);
  }

  // Ends.

  #fail(failure: Failure): void {
    if (this.state === 'failing' || this.state === 'cancelling') return;
    this.#failure = failure;
    this.#wind('failing', failure.message);
  }

  #cancel(): void {
    if (this.state === 'failing' || this.state === 'cancelling') return;
    this.#wind('cancelling', 'the job is canceled');
  }

  #wind(state: 'failing' | 'cancelling', reason: string): void {
    this.#to(state);
    this.#restarting = undefined;
    this.#start.end();
    this.checkpoints.stop(reason);
    this.#cancelAll();
    this.#settle();
  }

  #suspend(): void {
    if (this.isTerminal) return;
    this.#cancelAll();
    this.#end('suspended');
    this.#outbox.close();
  }

  #end(state: JobState): void {
    this.#start.end();
    this.#alignments.stop();
    this.#questions.stop();
    this.#to(state);
    this.#taskManagers.close();
  }

  #request(request: string, type: CheckpointRequest['type'], then: CheckpointRequest['then']): void {
    const done: CheckpointRequest['done'] = (outcome) => {
      const result = 'folder' in outcome ? { folder: outcome.folder } : outcome;
      this.#notify({ kind: 'answer', request, result });
    };
    if (!this.checkpoints.isActive) return done({ reason: `the job is ${this.state}, and its tasks do not all run` });
    if (then === 'continue') this.checkpoints.request({ type, then, done });
    else this.#ending.stop({ type, then, done });
  }

  #sendTo(id: AttemptId, message: TaskCommand): void {
    const execution = this.graph.find(id);
    if (execution?.taskManager === undefined || execution.isTerminal) return;
    this.#outbox.push({ kind: 'send', taskManager: execution.taskManager, message });
  }

  #to(state: JobState): void {
    this.#life.to(state);
    const failure = this.#failure === undefined ? {} : { failure: this.#failure };
    this.#notify({ kind: 'job-state', state, ...failure });
  }

  #notify(notice: JobNotice): void {
    this.#outbox.push({ kind: 'notify', notice });
  }
}
