/**
 * The runs of jobs at a coordinator: the latest of each job, also when it has ended.
 *
 * Invariants
 * - A run follows another when that is over; what is known of the job goes on with it.
 * - What a coordinator took once is not given up for surroundings that may be mended: it is suspended.
 */
import { TidegateError } from '../../common/errors.js';
import type { LogEntry } from '../../common/log.js';
import type { DispatcherEvent } from '../../coordinator/dispatcher/dispatcher-events.js';
import type { JobEnd, JobSubmission } from '../../coordinator/dispatcher/job-submission.js';
import { failureOf } from '../../rpc/failure-of.js';
import type { Registry } from '../../spec/registry.js';
import type { Io } from '../io.js';
import { entryOf } from '../logging/log-writer.js';
import { createRegistry } from '../registry.js';
import { systemClock } from '../runtime/system-clock.js';
import { discardJob } from '../storage/discard-job.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { HAD_FINISHED, JobRun, type FormerRun, type JobRunHost } from './job-run.js';
import { placeOfJob, planSubmission, type JobsPlace } from './plan-submission.js';

export interface JobRunsOptions {
  /** Without a word of a task manager for so long, ms, it is lost. */
  readonly heartbeatTimeoutMs: number;
  /** Placeholders of applications are taken from here. */
  readonly env: Io['env'];
  readonly telemetry: Telemetry;
}

export interface JobRunsHost extends Pick<JobRunHost, 'send'> {
  /** What has become of a job. */
  tell(event: DispatcherEvent): void;
  log(job: string, entry: LogEntry): void;
}

export class JobRuns {
  readonly #latest = new Map<string, JobRun>();
  readonly #registry: Registry = createRegistry();

  constructor(
    private readonly place: JobsPlace,
    private readonly options: JobRunsOptions,
    private readonly host: JobRunsHost,
  ) {}

  get(job: string): JobRun | undefined {
    return this.#latest.get(job);
  }

  [Symbol.iterator](): Iterator<JobRun> {
    return this.#latest.values();
  }

  /** Resolves when it has been told that it is started, or what came of it. @param isRecovered it was submitted to a coordinator before this one */
  async start(submission: JobSubmission, isRecovered: boolean): Promise<void> {
    const { name: job } = submission;
    // What was submitted anew has not run yet, whatever has run under its name.
    if (!isRecovered) this.#latest.delete(job);
    const former = this.#latest.get(job);
    try {
      const run = await this.#open(submission, isRecovered, former);
      if (run === HAD_FINISHED) return this.#ended(job, { state: 'finished' });
      await former?.close();
      this.#latest.set(job, run);
      run.start();
      this.host.tell({ kind: 'started', job, slots: run.options.graph.settings.parallelism });
    } catch (error) {
      const failure = failureOf(error, { retriable: false });
      if (isRecovered) this.host.tell({ kind: 'suspended', job, reason: failure.message });
      else this.#ended(job, { state: 'failed', failure });
    }
  }

  /** With the state of the job, as far as that is not kept; rejects with TidegateError TG423, TG424. */
  async discard(job: string): Promise<void> {
    await this.#latest.get(job)?.close();
    await discardJob(placeOfJob(this.place, job));
  }

  forget(job: string): void {
    this.#latest.delete(job);
  }

  /** Jobs are left as they are. */
  async suspend(): Promise<void> {
    for (const run of this) run.suspend();
    await Promise.all([...this].map((run) => run.close()));
  }

  #open(submission: JobSubmission, isRecovered: boolean, former: JobRun | undefined) {
    const { name: job, begins, allowNonRestoredState } = submission;
    const { heartbeatTimeoutMs, env, telemetry } = this.options;
    const { plan } = planSubmission(submission, this.place, env);
    if (plan === undefined)
      throw new TidegateError(
        'TG400',
        'the application is not valid any more, as its files or the environment changed',
      );
    const { graph, secrets } = plan;
    const options = {
      ...{ graph, secrets, registry: this.#registry, heartbeatTimeoutMs, telemetry },
      ...(begins === undefined ? {} : { begins }),
      ...(allowNonRestoredState === undefined ? {} : { allowNonRestoredState }),
      ...(former === undefined ? {} : { former: formerOf(former) }),
      log: (message: string, fields?: Partial<LogEntry>) => this.host.log(job, entryOf(message, { ...fields, job })),
    };
    return JobRun.open(options, isRecovered, this.#hostOf(job));
  }

  #hostOf(job: string): JobRunHost {
    const { host } = this;
    return {
      send: (assignment, taskManager, message) => host.send(assignment, taskManager, message),
      ended: (end) => host.tell({ kind: 'ended', job, end }),
      suspended: () => host.tell({ kind: 'suspended', job, reason: 'another coordinator runs it' }),
      handedOver: () => host.tell({ kind: 'handed-over', job }),
      kept: (reason) => host.tell({ kind: 'kept', job, reason }),
    };
  }

  #ended(job: string, end: Pick<JobEnd, 'state' | 'failure'>): void {
    this.host.tell({ kind: 'ended', job, end: { ...end, restarts: 0, endedAt: systemClock.now() } });
  }
}

/** So that what is known of a job does not begin anew with its parallelism. */
function formerOf(run: JobRun): FormerRun {
  const { restarts, counts, metrics } = run;
  return { restarts, exceptions: run.exceptions(), checkpoints: run.checkpoints(), counts, metrics };
}
