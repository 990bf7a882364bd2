/**
 * The coordinator: carries what happens to the Dispatcher, and does what it wants done. Workers, JobMasters, the registry.
 *
 *     STATE_DIR/registry/          who leads, and the jobs: see coordinator/{election,dispatcher}
 *     STATE_DIR/jobs/NAME/         the state of a job, as `tidegate run` has it in settings.stateDir; checkpoints may be elsewhere
 *
 * Invariants
 * - The Dispatcher is told one thing at a time: what its effects bring about is queued behind what it is told now.
 * - What one that was killed, or leads no more, has left is taken up by the next.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Log, LogEntry } from '../../common/log.js';
import type { Storage } from '../../common/storage.js';
import { Dispatcher } from '../../coordinator/dispatcher/dispatcher.js';
import type {
  DispatcherAnswer,
  DispatcherEffect,
  DispatcherEvent,
  DispatcherNotice,
} from '../../coordinator/dispatcher/dispatcher-events.js';
import { JobLog } from '../../coordinator/job-log.js';
import { JobRegistry } from '../../coordinator/dispatcher/job-registry.js';
import type { JobSubmission } from '../../coordinator/dispatcher/job-submission.js';
import type { RegisteredJob, RegistryEntry } from '../../coordinator/dispatcher/registry-entry.js';
import type { ObjectStorageLocation } from '../../job/object-storage.js';
import { failureOf } from '../../rpc/failure-of.js';
import type { Heartbeat } from '../../rpc/worker-messages.js';
import type { Io } from '../io.js';
import { plural } from '../presentation/numbers-text.js';
import { entryOf } from '../logging/log-writer.js';
import { processFailpoints } from '../runtime/failpoints.js';
import { systemClock } from '../runtime/system-clock.js';
import { JobResult } from '../storage/job-result.js';
import { JobFolder } from '../storage/job-folder.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { ProcessCells } from '../threads/process-cells.js';
import type { Sockets } from '../transport/sockets.js';
import { Assignments } from './assignments.js';
import type { ClusterAddress } from './cluster-address.js';
import type { JobRun } from './job-run.js';
import { JobRuns } from './job-runs.js';
import { placeOfJob, type JobsPlace } from './plan-submission.js';
import { WorkerServer, type AssignmentReport } from './worker-server.js';

export interface CoordinatorOptions {
  /** Of the registry. */
  readonly storage: Storage;
  /** Absolute. */
  readonly stateDir: string;
  /** Of all jobs' checkpoints; absent: they are in `stateDir`. */
  readonly objectStorage?: ObjectStorageLocation;
  readonly cluster: string;
  readonly heartbeat: Heartbeat;
  /** To workers. */
  readonly sockets: Sockets;
  /** Placeholders of applications are taken from here. */
  readonly env: Io['env'];
  readonly telemetry: Telemetry;
  readonly log: Log;
}

export class Coordinator {
  readonly dispatcher: Dispatcher;
  readonly jobsPlace: JobsPlace;
  /** See runtime/failpoints.ts: also before each effect of the Dispatcher, as `coordinator.KIND`. */
  readonly failpoint = processFailpoints(new ProcessCells().passes);
  readonly #jobs: JobRegistry;
  readonly #workers: WorkerServer;
  readonly #runs: JobRuns;
  readonly #assignments: Assignments;
  readonly #logs = new Map<string, JobLog>();
  readonly #answers = new Map<string, (answer: DispatcherAnswer) => void>();
  readonly #events: DispatcherEvent[] = [];
  #isStepping = false;
  #requests = 0;
  #isClosed = false;
  /** Told of what becomes of jobs. */
  observe: (notice: DispatcherNotice) => void = () => undefined;

  private constructor(readonly options: CoordinatorOptions) {
    this.#jobs = new JobRegistry(options.storage);
    const { objectStorage } = options;
    this.jobsPlace = { dir: join(options.stateDir, 'jobs'), ...(objectStorage === undefined ? {} : { objectStorage }) };
    this.dispatcher = new Dispatcher(undefined);
    const { heartbeat } = options;
    this.#assignments = new Assignments(heartbeat, (worker, message) => this.#workers.send(worker, message));
    this.#runs = new JobRuns(
      this.jobsPlace,
      { ...options, heartbeatTimeoutMs: heartbeat.timeoutMs },
      {
        send: (assignment, taskManager, message) => this.#assignments.send(assignment, taskManager, message),
        tell: (event) => this.#tell(event),
        log: (job, entry) => this.#log(job, entry),
      },
    );
    this.#workers = new WorkerServer({ ...options, name: randomUUID() }, options.sockets, {
      offered: (worker, slots) => this.#offered(worker, slots),
      received: (report) => this.#received(report),
      leaving: (worker) => this.#leaving(worker),
      lost: (worker, reason) => this.#lost(worker, reason),
      log: options.log,
    });
  }

  /**
   * Takes up the jobs that are in the registry.
   * @throws TidegateError TG421, TG422, TG424
   */
  static async open(options: CoordinatorOptions): Promise<Coordinator> {
    const coordinator = new Coordinator(options);
    await coordinator.#recover();
    return coordinator;
  }

  /** @returns where workers connect */
  listen(address: ClusterAddress): Promise<ClusterAddress> {
    return this.#workers.listen(address);
  }

  /** The latest run of a job, under this coordinator; it may have ended. */
  run(job: string): JobRun | undefined {
    return this.#runs.get(job);
  }

  /** The latest of each job. */
  runs(): Iterable<JobRun> {
    return this.#runs;
  }

  /** The last lines about a job, under this coordinator. */
  log(job: string): JobLog | undefined {
    return this.#logs.get(job);
  }

  submit(submission: JobSubmission, again: boolean): Promise<DispatcherAnswer> {
    return this.#ask((request) => ({ kind: 'submit', request, submission, again }));
  }

  cancel(job: string): Promise<DispatcherAnswer> {
    return this.#ask((request) => ({ kind: 'cancel', request, job }));
  }

  /** Notes that it is about to be said how the job has ended. */
  tell(job: string): Promise<DispatcherAnswer> {
    return this.#ask((request) => ({ kind: 'tell', request, job }));
  }

  /** Forgets a job that has ended, with its state; resolves when that is gone. */
  delete(job: string): Promise<DispatcherAnswer> {
    return this.#ask((request) => ({ kind: 'delete', request, job }));
  }

  rescale(job: string, parallelism: number): Promise<DispatcherAnswer> {
    return this.#ask((request) => ({ kind: 'rescale', request, job, parallelism }));
  }

  /** Jobs are left as they are: the next coordinator takes them up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const suspended = this.#runs.suspend();
    this.#workers.close();
    await suspended;
  }

  async #recover(): Promise<void> {
    const jobs = await this.#jobs.read();
    for (const job of jobs) await this.#tellResult(job);
    this.#tell({ kind: 'recovered', jobs });
  }

  /** Of a job whose end is noted: nobody is to be told of it once more. */
  async #tellResult({ submission, end }: RegisteredJob): Promise<void> {
    if (end?.state !== 'finished') return;
    const place = placeOfJob(this.jobsPlace, submission.name);
    await new JobResult(place.stateDir, JobFolder.share(place).storage).tell();
  }

  #ask(event: (request: string) => DispatcherEvent): Promise<DispatcherAnswer> {
    const request = String(++this.#requests);
    return new Promise((resolve) => {
      this.#answers.set(request, resolve);
      this.#tell(event(request));
    });
  }

  #tell(event: DispatcherEvent): void {
    if (this.#isClosed) return;
    this.#events.push(event);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift())
        for (const effect of this.dispatcher.step(next)) this.#act(effect);
    } finally {
      this.#isStepping = false;
    }
  }

  #act(effect: DispatcherEffect): void {
    this.failpoint(`coordinator.${effect.kind}`);
    switch (effect.kind) {
      case 'answer':
        this.#answers.get(effect.request)?.(effect.answer);
        this.#answers.delete(effect.request);
        return;
      case 'record':
        systemClock.schedule(effect.afterMs, () => void this.#record(effect.job, effect.entry));
        return;
      case 'start':
        return void this.#runs.start(effect.submission, effect.isRecovered);
      case 'cancel':
        return this.#runs.get(effect.job)?.cancel();
      case 'hand-over':
        this.options.log(`${effect.job} is stopped with a checkpoint, to go on with other slots`);
        return void this.#runs.get(effect.job)?.handOver();
      case 'dismiss':
        return this.#workers.send(effect.worker, { kind: 'dismiss' });
      case 'discard':
        return void this.#discard(effect.job);
      case 'remind':
        systemClock.schedule(effect.afterMs, () => this.#tell({ kind: 'reminded', job: effect.job }));
        return;
      case 'assign':
        return this.#assign(effect);
      case 'release':
        return this.#assignments.release(effect.assignment);
      case 'notice':
        return this.#notice(effect.notice);
    }
  }

  async #record(job: string, entry: RegistryEntry): Promise<void> {
    try {
      await this.#jobs.put(job, entry);
      this.#tell({ kind: 'recorded', job });
    } catch (error) {
      this.#tell({ kind: 'not-recorded', job, failure: failureOf(error, { retriable: false }) });
    }
  }

  async #discard(job: string): Promise<void> {
    try {
      await this.#runs.discard(job);
      await this.#jobs.remove(job);
      this.#runs.forget(job);
      this.#tell({ kind: 'discarded', job });
    } catch (error) {
      this.#tell({ kind: 'not-discarded', job, message: failureOf(error, { retriable: false }).message });
    }
  }

  #log(job: string, entry: LogEntry): void {
    this.#logOf(job).add(entry);
    this.options.log(entry.message, entry);
  }

  #logOf(job: string): JobLog {
    let log = this.#logs.get(job);
    if (log === undefined) this.#logs.set(job, (log = new JobLog()));
    return log;
  }

  #assign({ assignment }: DispatcherEffect & { readonly kind: 'assign' }): void {
    const run = this.#runs.get(assignment.job);
    if (run !== undefined) this.#assignments.give(assignment, run);
  }

  #notice(notice: DispatcherNotice): void {
    const { job, state, reason } = notice;
    const text = `${job} is ${state}${reason === undefined ? '' : `: ${reason}`}`;
    const level = state === 'failed' || state === 'suspended' ? 'error' : 'info';
    this.#logOf(job).add(entryOf(text, { level, job }));
    this.options.log(text, { level });
    const isOver = this.dispatcher.job(job)?.isOver === true;
    const run = isOver ? this.#runs.get(job) : undefined;
    if (run === undefined) return this.observe(notice);
    if (state === 'suspended') run.suspend();
    // It stays: why a job has failed is asked when it has.
    void run.close().then(() => this.observe(notice));
  }

  // Workers.

  #offered(worker: string, slots: number): void {
    this.options.log(`worker ${worker} offers ${plural(slots, 'slot')}`);
    this.#tell({ kind: 'worker', worker, slots });
  }

  #received(report: AssignmentReport): void {
    const { assignment } = report;
    const { run, assignment: { worker } = {} } = this.#assignments.find(assignment) ?? {};
    switch (report.kind) {
      case 'report':
        return run?.hear(assignment, report.taskManager, report.report);
      case 'log':
        return run && this.#logOf(run.options.graph.name).add(report.entry, worker);
      case 'metrics':
        return run?.counts.merge(report.changes, systemClock.now());
      case 'broken':
        return run?.break(report.failure);
      case 'released':
        this.#assignments.released(assignment);
        return this.#tell({ kind: 'released', assignment });
    }
  }

  #leaving(worker: string): void {
    this.options.log(`worker ${worker} is about to go`);
    this.#tell({ kind: 'worker-leaving', worker });
  }

  #lost(worker: string, reason: string): void {
    this.options.log(`worker ${worker} is lost: ${reason}`);
    this.#assignments.lose(worker, reason);
    this.#tell({ kind: 'worker-lost', worker });
  }
}
