/**
 * Runs a whole job in this process: a JobMaster, one task manager and the storage between them. `tidegate run` and
 * `tidegate test` are this; on a cluster the same machines stand in several processes.
 *
 * Invariants
 * - When `run` resolves every task is closed, and the JobMaster waits for nothing.
 */
import type { Random } from '../common/random.js';
import type { Storage } from '../common/storage.js';
import type { JobNotice } from '../coordinator/job-events.js';
import { JobMaster } from '../coordinator/job-master.js';
import type { JobStart } from '../coordinator/job-options.js';
import type { AddressAnswer, AddressQuestion } from '../job/address-question.js';
import { buildJobGraph, type JobGraph } from '../job/job-graph.js';
import type { StreamGraph } from '../job/stream-graph.js';
import { MetricRegistry } from '../metrics/registry.js';
import type { RestorePlan } from '../plan/compatibility/index.js';
import type { Failure, TaskReport } from '../rpc/task-execution.js';
import type { SourceTask } from '../task/source-task.js';
import type { JobEnvironment } from './environment.js';
import { JobMasterService, type Answer } from './job-master-service.js';
import { SplitSearches } from './split-searches.js';
import type { TaskManager } from './task-manager.js';
import { TaskSlot } from './task-slot.js';
import type { SlotThreads } from './threads/slot-threads.js';
import { watchedSlots, type SlotWatcher } from './threads/slot-watch.js';
import { StepCell } from './threads/step-cell.js';
import { ThreadedTaskManager } from './threads/threaded-task-manager.js';

export type JobOutcome =
  /** Every bounded ingress was read to its end and everything was written. */
  | { readonly state: 'finished' }
  | { readonly state: 'stopped' }
  /** `restarts`: how often it was started again before that. */
  | { readonly state: 'failed'; readonly cause: Error; readonly restarts: number };

export interface EmbeddedJobOptions {
  /** The job's checkpoint storage. */
  readonly storage: Storage;
  readonly random: Random;
  /** Of this process among all that ever ran the job. */
  readonly leader: string;
  readonly start: JobStart;
  /** The job is known to have run: its checkpoint log must be there. */
  readonly mustExist: boolean;
  readonly allowNonRestoredState: boolean;
  /** See JobOptions. */
  readonly plan?: Uint8Array;
  readonly edits?: ReadonlyMap<string, RestorePlan>;
  readonly observe?: (notice: JobNotice) => void;
  /** A thread for each slot but the first. Absent: all slots share this thread. */
  readonly threads?: SlotThreads;
  /** Has the slots watched from another thread. Absent: nobody sees a step that does not end. */
  readonly watcher?: SlotWatcher;
}

const TASK_MANAGER = 'embedded';
const STOP_RETRY_MS = 50;

export class EmbeddedJob {
  readonly metrics = new MetricRegistry();
  readonly #job: JobGraph;
  readonly #master: JobMaster;
  readonly #steps: SharedArrayBuffer;
  readonly #taskManager: TaskManager;
  readonly #service: JobMasterService;
  readonly #searches: SplitSearches;
  /** A stop that waits for the tasks to run. */
  #stop: { readonly how: StopOptions; readonly done: (answer: Answer) => void } | undefined;
  #areSourcesEnded = false;
  #broken: Error | undefined;
  #ended: () => void = () => undefined;

  constructor(
    private readonly graph: StreamGraph,
    private readonly environment: JobEnvironment,
    private readonly options: EmbeddedJobOptions,
  ) {
    const { clock } = environment;
    this.#job = buildJobGraph(graph);
    this.#steps = StepCell.allocate(graph.settings.parallelism);
    this.#taskManager = this.#createTaskManager();
    this.#searches = new SplitSearches(graph, environment, (error) => this.#break(error));
    const { random, ...ofJob } = options;
    const { name, settings } = graph;
    this.#master = new JobMaster(
      { ...ofJob, name, graph: this.#job, settings, heartbeatTimeout: undefined },
      { time: clock, random },
    );
    const { failpoint } = environment;
    const { storage } = options;
    this.#service = new JobMasterService(
      this.#master,
      { clock, storage, searches: this.#searches, ...(failpoint === undefined ? {} : { failpoint }) },
      {
        send: (_, message) => {
          if (message.kind !== 'leader') this.#taskManager.command(message);
        },
        observe: (notice) => options.observe?.(notice),
        stepped: () => this.#stepped(),
      },
    );
  }

  #createTaskManager(): TaskManager {
    const { graph, environment, metrics } = this;
    const { threads } = this.options;
    const { parallelism, memory } = graph.settings;
    const steps = this.#steps;
    const createSlot = (report: (report: TaskReport) => void): TaskSlot => {
      const whenQuiet = (): boolean => this.#areTasksUp() && environment.whenQuiet?.() === true;
      const events = { report, broken: (error: Error) => this.#break(error) };
      const slot = new TaskSlot(graph, this.#job, { ...environment, whenQuiet }, metrics, events);
      slot.shownIn(new StepCell(steps, 0));
      return slot;
    };
    const report = (report: TaskReport): void => this.#hear(report);
    if (threads === undefined || parallelism === 1) return createSlot(report);
    const { networkBytes } = memory;
    return new ThreadedTaskManager({ job: this.#job, networkBytes, threads, metrics, createSlot, report, steps });
  }

  /** For a host that drives event time itself, and has no threads. None before they run. */
  sourceTasks(): readonly SourceTask[] {
    return this.#taskManager.sourceTasks();
  }

  wake(): void {
    this.#taskManager.wake();
  }

  /**
   * Ends the job where it is, as soon as all its tasks run; it can be resumed from the checkpoint that this takes. A job
   * that waits to be restarted ends at once: it can be resumed from its latest checkpoint. Without checkpoints the sources
   * end where they are, and what they have read flows out.
   *
   * A plain stop is tried until it is done. One with a savepoint is an answer to somebody: where the savepoint fails he is
   * told why, and the job goes on.
   */
  stop(how: StopOptions = { drain: false, savepoint: false }): Promise<Answer> {
    return new Promise((resolve) => {
      const former = this.#stop;
      // A plain stop takes the place of any other: nobody would get the savepoint of the former one later.
      if (former !== undefined && how.savepoint) return resolve({ reason: 'the job is being stopped already' });
      former?.done({ reason: 'the job is being stopped without a savepoint' });
      this.#stop = { how, done: resolve };
      this.#tryToStop();
    });
  }

  /** Names of the tasks that checkpoints under way wait for: what a stop may still wait for. */
  awaited(): readonly string[] {
    return this.#master.checkpoints.awaited();
  }

  #tryToStop(): void {
    if (this.#stop === undefined) return;
    const { how, done } = this.#stop;
    if (this.#master.state === 'restarting') {
      if (how.savepoint) return this.#giveUpStop('the job waits to be started again after a failure');
      this.cancel();
    }
    if (this.#master.isTerminal) return done({ reason: 'the job has ended' });
    if (!this.#areTasksUp()) return;
    this.#stop = undefined;
    if (this.graph.settings.checkpoint === undefined && !how.savepoint) {
      this.#endSources();
      return done({ reason: 'the job takes no checkpoints' });
    }
    void this.#service
      .ask((request) => ({ kind: 'stop', request, ...how }))
      .then((answer) => {
        const isAnswer = 'folder' in answer || how.savepoint || this.#master.isTerminal;
        if (isAnswer || this.#stop !== undefined) return done(answer);
        this.#stop = { how, done };
        this.environment.clock.schedule(STOP_RETRY_MS, () => this.#tryToStop());
      });
  }

  #giveUpStop(reason: string): void {
    const stop = this.#stop;
    this.#stop = undefined;
    stop?.done({ reason });
  }

  /** Whether every task runs, or has finished already. */
  #areTasksUp(): boolean {
    const { state, graph } = this.#master;
    return (
      state === 'running' && graph.executions().every((task) => task.state === 'running' || task.state === 'finished')
    );
  }

  #endSources(): void {
    this.#areSourcesEnded = true;
    this.#taskManager.endSources();
  }

  /** Ends the job now: what is not in a completed checkpoint is given up. */
  cancel(): void {
    this.#service.tell({ kind: 'cancel' });
  }

  savepoint(): Promise<Answer> {
    return this.#service.ask((request) => ({ kind: 'savepoint', request }));
  }

  askAddress(question: AddressQuestion): Promise<AddressAnswer> {
    return this.#service.askAddress(question);
  }

  async run(): Promise<JobOutcome> {
    const ended = new Promise<void>((resolve) => (this.#ended = resolve));
    const slots = this.graph.settings.parallelism;
    const stopWatching = this.options.watcher?.(watchedSlots(this.#job, this.#steps, slots));
    this.#service.tell({ kind: 'lead' });
    this.#service.tell({ kind: 'task-manager', taskManager: TASK_MANAGER, report: { kind: 'register', slots } });
    await ended;
    await this.#taskManager.close();
    await this.#searches.close();
    stopWatching?.();
    const { state, failure, isStopped, restarts } = this.#master.result;
    if (this.#broken !== undefined) return { state: 'failed', cause: this.#broken, restarts };
    if (state === 'finished') return { state: isStopped || this.#areSourcesEnded ? 'stopped' : 'finished' };
    return state === 'canceled' ? { state: 'stopped' } : { state: 'failed', cause: causeOf(failure, state), restarts };
  }

  #hear(report: TaskReport): void {
    this.#service.tell({ kind: 'task-manager', taskManager: TASK_MANAGER, report });
  }

  #break(error: Error): void {
    this.#broken ??= error;
    this.cancel();
  }

  #stepped(): void {
    this.#tryToStop();
    if (this.#master.isDone && this.#taskManager.isIdle) this.#ended();
  }
}

export interface StopOptions {
  /** Everything that waits for time is made due first. */
  readonly drain: boolean;
  readonly savepoint: boolean;
}

function causeOf(failure: Failure | undefined, state: string): Error {
  return Object.assign(new Error(failure?.message ?? `the job is ${state}`), { code: failure?.code });
}
