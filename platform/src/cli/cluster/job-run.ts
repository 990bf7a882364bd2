/**
 * A job's JobMaster at the coordinator, with the job's folder and the task managers that work for it.
 *
 * Invariants
 * - Of an assignment that is over, its task managers are lost: nothing of them is heard any more.
 * - It is told once how it is over: it has ended, another coordinator has it, or the next run of it here is to begin.
 */
import type { CheckpointStatistics } from '../../checkpoint/checkpoint-statistics.js';
import type { Log } from '../../common/log.js';
import { JobMaster } from '../../coordinator/job-master.js';
import type { JobStart } from '../../coordinator/job-options.js';
import type { Beginning, JobEnd } from '../../coordinator/dispatcher/job-submission.js';
import { JobMetrics } from '../../coordinator/job-metrics.js';
import { isLook, type AddressAnswer, type AddressQuestion } from '../../job/address-question.js';
import { buildJobGraph } from '../../job/job-graph.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import { jobReadings } from '../../metrics/counted.js';
import { JobCounts } from '../../metrics/job-totals.js';
import type { Reading } from '../../metrics/reading.js';
import { MetricRegistry } from '../../metrics/registry.js';
import type { Failure, TaskCommand, TaskReport } from '../../rpc/task-execution.js';
import type { LeaderAnswer, TaskManagerReport } from '../../rpc/task-manager.js';
import type { ExceptionEntry } from '../../recovery/exception-history.js';
import type { Registry } from '../../spec/registry.js';
import { JobMasterService, type Answer } from '../../taskmanager/job-master-service.js';
import { SplitSearches } from '../../taskmanager/split-searches.js';
import { failureOf } from '../../rpc/failure-of.js';
import type { Table } from '../../operators/tables.js';
import { processFailpoints } from '../runtime/failpoints.js';
import { jobEnvironment } from '../runtime/job-environment.js';
import { prepareResumption, type Resumption } from '../runtime/resumption.js';
import { SpillDirectory } from '../runtime/spill-directory.js';
import { withoutSecrets } from '../presentation/without-secrets.js';
import { systemClock } from '../runtime/system-clock.js';
import { dropForeignInvocations, JobFolder } from '../storage/job-folder.js';
import { lastEpoch } from '../storage/saved-state.js';
import { JobResult } from '../storage/job-result.js';
import { jobTraces } from '../telemetry/job-traces.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { ProcessCells } from '../threads/process-cells.js';
import { RunWatch, type LatestCheckpoint } from './run-watch.js';

export interface JobRunOptions {
  readonly graph: StreamGraph;
  readonly secrets: ReadonlySet<string>;
  readonly registry: Registry;
  /** Without a word of a task manager for so long, ms, it is lost. */
  readonly heartbeatTimeoutMs: number;
  readonly former?: FormerRun;
  readonly begins?: Beginning;
  readonly allowNonRestoredState?: boolean;
  readonly telemetry: Telemetry;
  readonly log: Log;
}

export interface JobRunHost {
  /** To a task manager of an assignment. */
  send(assignment: number, taskManager: string, message: TaskCommand | LeaderAnswer): void;
  /** Told once; nothing runs any more. */
  ended(end: JobEnd): void;
  /** Told once, in its place: another leader has the job. */
  suspended(): void;
  /** Told once, in its place, after `handOver`: nothing of it runs any more, and another run may go on. */
  handedOver(): void;
  /** The answer to `handOver` otherwise: it could not be stopped. */
  kept(reason: string): void;
}

/** What a run has of the one before it, which was ended for another parallelism. */
export interface FormerRun {
  readonly restarts: number;
  readonly exceptions: readonly ExceptionEntry[];
  readonly checkpoints: readonly CheckpointStatistics[];
  readonly counts: JobCounts;
  readonly metrics: JobMetrics;
}

/** Of each kind, over all runs of a job. */
const ENTRIES_MAX = 64;

/** A run that a coordinator before this one has seen to its end, without noting it. */
export const HAD_FINISHED = 'had-finished';

export class JobRun {
  /** What its tasks have counted, on all workers. */
  readonly counts: JobCounts;
  readonly metrics: JobMetrics;
  readonly #watch: RunWatch;
  readonly #service: JobMasterService;
  readonly #searches: SplitSearches;
  /** By name. */
  readonly #assignments = new Map<string, number>();
  /** Why it cannot be run at all. */
  #broken: Failure | undefined;
  #handsOver = false;
  #isOver = false;

  private constructor(
    private readonly folder: JobFolder,
    readonly options: JobRunOptions,
    start: JobStart,
    resumption: Resumption,
    private readonly host: JobRunHost,
  ) {
    const { graph, heartbeatTimeoutMs, telemetry, allowNonRestoredState = false } = options;
    this.counts = options.former?.counts ?? new JobCounts(new MetricRegistry());
    this.metrics =
      options.former?.metrics ?? new JobMetrics(graph.name, systemClock.now, (reading) => telemetry.observe(reading));
    const traces = jobTraces(graph.name, telemetry, (text) => this.shown(text));
    this.#watch = new RunWatch(this.metrics, traces, (text, fields) => options.log(this.shown(text), fields));
    const { storage, leader } = folder;
    const { failpoint, environment } = surroundings(folder, options);
    this.#searches = new SplitSearches(graph, environment, (error) =>
      this.break(failureOf(error, { retriable: false })),
    );
    const { name, settings } = graph;
    const master = new JobMaster(
      {
        ...{ name, graph: buildJobGraph(graph), settings, leader, ...resumption },
        ...{ start, allowNonRestoredState },
        mustExist: false,
        heartbeatTimeout: heartbeatTimeoutMs,
      },
      { time: systemClock, random: { next: () => Math.random() } },
    );
    this.#service = new JobMasterService(
      master,
      { clock: systemClock, storage, searches: this.#searches, failpoint },
      {
        send: (taskManager, message) => this.#send(taskManager, message),
        observe: (notice) => this.#watch.hear(notice),
        stepped: () => this.#stepped(),
      },
    );
  }

  /**
   * Finds out from where the job goes on.
   * @param isRecovered it was submitted to a coordinator before this one
   * @throws TidegateError TG421-TG424, TG440, TG441
   */
  static async open(
    options: JobRunOptions,
    isRecovered: boolean,
    host: JobRunHost,
  ): Promise<JobRun | typeof HAD_FINISHED> {
    const { graph, secrets, log, begins, allowNonRestoredState = false } = options;
    const folder = JobFolder.share(graph.settings);
    if (isRecovered && (await resultOf(folder, graph).isUntold())) {
      await resultOf(folder, graph).tell();
      return HAD_FINISHED;
    }
    const hasBegun = begins === undefined || (await lastEpoch(folder.storage)) > begins.afterEpoch;
    const start: JobStart = hasBegun ? { from: 'latest' } : begins.start;
    await dropForeignInvocations(graph.settings.stateDir, start);
    const resumption = await prepareResumption(folder, graph, { start, allowNonRestoredState, secrets }, log);
    return new JobRun(folder, options, start, resumption, host);
  }

  get master(): JobMaster {
    return this.#service.master;
  }

  start(): void {
    this.#service.tell({ kind: 'lead' });
  }

  /** A task manager of an assignment has said something. */
  hear(assignment: number, taskManager: string, report: TaskManagerReport | TaskReport): void {
    this.#assignments.set(taskManager, assignment);
    this.#service.tell({ kind: 'task-manager', taskManager, report });
  }

  /** The worker of an assignment is gone. */
  lose(assignment: number, reason: string): void {
    for (const [taskManager, of] of [...this.#assignments]) {
      if (of !== assignment) continue;
      this.#assignments.delete(taskManager);
      this.#service.tell({ kind: 'task-manager-lost', taskManager, reason });
    }
  }

  cancel(): void {
    this.#service.tell({ kind: 'cancel' });
  }

  /** No worker could run it. */
  break(failure: Failure): void {
    this.#broken ??= failure;
    this.cancel();
  }

  savepoint(): Promise<Answer> {
    return this.#service.ask((request) => ({ kind: 'savepoint', request }));
  }

  /** What is asked is noted in the job's log, if it changes something: not of whom, as that may be personal. */
  askAddress(question: AddressQuestion): Promise<AddressAnswer> {
    const { kind, type } = question;
    if (!isLook(question)) this.options.log(`an operator asks to ${kind} at an address of ${type}`);
    return this.#service.askAddress(question);
  }

  /** A savepoint, and the end. @param drain everything due first */
  stop(drain: boolean): Promise<Answer> {
    return this.#service.ask((request) => ({ kind: 'stop', request, drain, savepoint: true }));
  }

  /**
   * Ends what runs behind a last checkpoint, so that another run goes on from there. What does not run as a whole, and would
   * have to begin anew itself, is ended at once.
   */
  async handOver(): Promise<void> {
    this.#handsOver = true;
    const answer = await this.#service.ask((request) => {
      return { kind: 'stop', request, drain: false, savepoint: false };
    });
    if ('folder' in answer || this.#isOver) return;
    if (this.#mustBeginAnew) return this.suspend();
    this.#handsOver = false;
    this.host.kept(this.shown(answer.reason));
  }

  /** It waits for slots, or for the time of a restart. */
  get #mustBeginAnew(): boolean {
    const { state, checkpoints } = this.master;
    return state === 'created' || (state === 'restarting' && checkpoints.completed !== undefined);
  }

  /** It is noted in the registry how the job ended, or somebody else has it. */
  async close(): Promise<void> {
    await this.#searches.close();
    if (this.master.state === 'finished') await resultOf(this.folder, this.options.graph).tell();
  }

  /** This coordinator leads no more. */
  suspend(): void {
    this.#service.tell({ kind: 'suspend' });
  }

  #send(taskManager: string, message: TaskCommand | LeaderAnswer): void {
    const assignment = this.#assignments.get(taskManager);
    if (assignment !== undefined) this.host.send(assignment, taskManager, message);
  }

  #stepped(): void {
    if (this.#isOver || !this.master.isDone) return;
    this.#isOver = true;
    if (this.#handsOver && this.#isHandedOver) this.host.handedOver();
    else if (this.master.state === 'suspended') this.host.suspended();
    else this.host.ended(this.#end());
  }

  get #isHandedOver(): boolean {
    const { state, isStopped } = this.master.result;
    return state === 'suspended' || (state === 'finished' && isStopped);
  }

  /** The last failures, oldest first; without secrets. */
  exceptions(): readonly ExceptionEntry[] {
    const own = this.master.result.exceptions.map((entry) => ({ ...entry, cause: this.#shown(entry.cause) }));
    return [...(this.options.former?.exceptions ?? []), ...own].slice(-ENTRIES_MAX);
  }

  /** The last checkpoints, oldest first. */
  checkpoints(): readonly CheckpointStatistics[] {
    const own = this.master.checkpoints.history.entries();
    return [...(this.options.former?.checkpoints ?? []), ...own].slice(-ENTRIES_MAX);
  }

  /** When its JobMaster came into the state that it is in: epoch ms. */
  get since(): number {
    return this.#watch.since;
  }

  /** The checkpoint from which it would go on, with when it was triggered: epoch ms. */
  get latest(): LatestCheckpoint | undefined {
    return this.#watch.latest;
  }

  get restarts(): number {
    return this.master.result.restarts + (this.options.former?.restarts ?? 0);
  }

  /** Of what is said of the job: connectors quote what a server has answered, and that may quote what it was asked. */
  shown(text: string): string {
    return withoutSecrets(text, this.options.secrets);
  }

  #shown(failure: Failure): Failure {
    return { ...failure, message: this.shown(failure.message) };
  }

  #end(): JobEnd {
    const { state, failure, isStopped } = this.master.result;
    const ended = { restarts: this.restarts, endedAt: systemClock.now() };
    if (this.#broken !== undefined) return { ...ended, state: 'failed', failure: this.#shown(this.#broken) };
    if (state === 'finished') return { ...ended, state: isStopped ? 'stopped' : 'finished' };
    if (state === 'canceled') return { ...ended, state: 'cancelled' };
    return { ...ended, state: 'failed', ...(failure === undefined ? {} : { failure: this.#shown(failure) }) };
  }

  /** What this coordinator measures itself. */
  readings(): Iterable<Reading> {
    return this.metrics.readings();
  }

  /** What all of its tasks have counted. */
  countedReadings(): Iterable<Reading> {
    return jobReadings(this.options.graph.name, this.counts.registry, systemClock.now());
  }
}

function resultOf({ storage }: JobFolder, { settings }: StreamGraph): JobResult {
  return new JobResult(settings.stateDir, storage);
}

/** What enumerators of splits need of the world; no task runs here. */
function surroundings({ stateFiles: checkpoints }: JobFolder, { graph, registry, log }: JobRunOptions) {
  const cells = new ProcessCells();
  const failpoint = processFailpoints(cells.passes);
  const environment = jobEnvironment({
    ...{ graph, registry, checkpoints, failpoint, cells, log },
    tables: new Map<string, Table>(),
    spill: new SpillDirectory(graph.settings.stateDir),
    localDir: graph.settings.stateDir,
    style: { colour: false, width: 0 },
    beforePrint: () => undefined,
  });
  return { failpoint, environment };
}
