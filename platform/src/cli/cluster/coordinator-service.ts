/** The coordinator as its API shows it. */
import { randomUUID } from 'node:crypto';
import { TidegateError } from '../../common/errors.js';
import type { CheckpointStatistics } from '../../checkpoint/checkpoint-statistics.js';
import type { DispatchedJob } from '../../coordinator/dispatcher/dispatched-job.js';
import type { JobRescale } from '../../coordinator/dispatcher/job-rescale.js';
import type { Beginning } from '../../coordinator/dispatcher/job-submission.js';
import type { DispatcherAnswer } from '../../coordinator/dispatcher/dispatcher-events.js';
import type { JobLogEntry } from '../../coordinator/job-log.js';
import type { JobMaster } from '../../coordinator/job-master.js';
import { instrumentOf } from '../../metrics/instruments.js';
import type { AddressService } from '../../rest/address-service.js';
import { ApiError } from '../../rest/api-error.js';
import type {
  CheckpointView,
  ClusterService,
  JobDetails,
  JobMetricsView,
  JobOverview,
  JobResultView,
  Submission,
  TaskOverview,
  WorkerView,
} from '../../rest/cluster-service.js';
import type { Answer } from '../../taskmanager/job-master-service.js';
import { JobAddresses } from '../functions/addresses/job-addresses.js';
import { systemClock } from '../runtime/system-clock.js';
import { placeOf } from '../storage/checkpoint-storage.js';
import type { Coordinator } from './coordinator.js';
import type { JobRun } from './job-run.js';
import { planSubmission, placeOfJob, type SubmittedApplication } from './plan-submission.js';
import { beginningOf, startKey, type SubmissionStart } from './submission-start.js';

export class CoordinatorService implements ClusterService {
  /** @param cwd where relative paths of applications begin that say nothing else */
  constructor(
    private readonly coordinator: Coordinator,
    private readonly cwd: string,
  ) {}

  async submit({ files, baseDir = this.cwd, parallelism, again = false, ...start }: Submission) {
    const application = { files, baseDir, ...(parallelism === undefined ? {} : { parallelism }) };
    const { name, hash } = this.#planned(application, start);
    const begins = await this.#beginning(name, start, baseDir);
    const submission = {
      ...application,
      ...{ name, hash, id: randomUUID(), submittedAt: systemClock.now() },
      ...(begins === undefined ? {} : { begins }),
      ...(start.allowNonRestoredState === true ? { allowNonRestoredState: true } : {}),
    };
    const answer = await this.coordinator.submit(submission, again);
    refuse(answer, name);
    return { job: overviewOf(this.#job(name)), isNew: answer.kind === 'accepted' };
  }

  jobs(): readonly JobOverview[] {
    return this.coordinator.dispatcher.jobs().map(overviewOf);
  }

  job(name: string): JobDetails {
    const run = this.coordinator.run(name);
    return { ...overviewOf(this.#job(name)), ...(run === undefined ? {} : { run: runOf(run) }) };
  }

  result(name: string): JobResultView {
    const { end, state } = this.#job(name);
    if (end?.state !== state) throw new ApiError('conflict', `the job ${name} is ${state}: it has no result`);
    return { name, ...end };
  }

  exceptions(name: string) {
    this.#job(name);
    return this.coordinator.run(name)?.exceptions() ?? [];
  }

  checkpoints(name: string): readonly CheckpointView[] {
    this.#job(name);
    const run = this.coordinator.run(name);
    return run === undefined ? [] : run.checkpoints().map((one) => checkpointView(one, run));
  }

  logs(name: string, after: number): readonly JobLogEntry[] {
    this.#job(name);
    return this.coordinator.log(name)?.after(after) ?? [];
  }

  metrics(name: string): JobMetricsView {
    const { state } = this.#job(name);
    const run = this.coordinator.run(name);
    if (run === undefined) throw new ApiError('conflict', `the job ${name} is ${state}: nothing is measured`);
    const readings = [...run.readings(), ...run.countedReadings()].filter(
      ({ distribution }) => distribution === undefined,
    );
    const metrics = readings.map(({ name, value, labels }) => ({ name, unit: instrumentOf(name).unit, value, labels }));
    return { name, ...run.counts.totals(systemClock.now()), metrics };
  }

  async cancel(name: string): Promise<void> {
    refuse(await this.coordinator.cancel(name), name);
  }

  async stop(name: string, drain: boolean): Promise<string> {
    const run = this.#run(name);
    return this.#folder(run, await run.stop(drain));
  }

  async savepoint(name: string): Promise<string> {
    const run = this.#run(name);
    return this.#folder(run, await run.savepoint());
  }

  async delete(name: string): Promise<void> {
    refuse(await this.coordinator.delete(name), name);
  }

  async rescale(name: string, parallelism: number): Promise<JobOverview> {
    const { maxParallelism } = this.#run(name).options.graph.settings;
    if (parallelism > maxParallelism)
      throw new ApiError('bad-request', `the parallelism is ${parallelism}; expected 1 to ${maxParallelism}`);
    refuse(await this.coordinator.rescale(name, parallelism), name);
    return overviewOf(this.#job(name));
  }

  addresses(name: string): AddressService {
    const run = this.#run(name);
    return new JobAddresses(run.options.graph, (question) => run.askAddress(question));
  }

  workers(): readonly WorkerView[] {
    return this.coordinator.dispatcher.workers().map(({ worker: name, slots, assigned }) => {
      return { name, slots, free: assigned.reduce((free, one) => free - one.slots, slots), jobs: assigned };
    });
  }

  async #beginning(name: string, start: SubmissionStart, cwd: string): Promise<Beginning | undefined> {
    try {
      return await beginningOf(start, placeOfJob(this.coordinator.jobsPlace, name), cwd);
    } catch (error) {
      if (error instanceof TidegateError) throw new ApiError('bad-request', error.message);
      throw error;
    }
  }

  #planned(
    application: SubmittedApplication,
    start: SubmissionStart,
  ): { readonly name: string; readonly hash: string } {
    try {
      const { plan, diagnostics } = planSubmission(
        application,
        this.coordinator.jobsPlace,
        this.coordinator.options.env,
      );
      if (plan === undefined) throw new ApiError('invalid', 'the application has errors', diagnostics);
      const { graph, hash } = plan;
      return { name: graph.name, hash: [hash, startKey(start)].filter((part) => part !== undefined).join(' ') };
    } catch (error) {
      if (error instanceof TidegateError) throw new ApiError('bad-request', error.message);
      throw error;
    }
  }

  #job(name: string): DispatchedJob {
    const job = this.coordinator.dispatcher.job(name);
    if (job === undefined) throw new ApiError('not-found', `there is no job ${JSON.stringify(name)}`);
    return job;
  }

  #run(name: string): JobRun {
    const { state } = this.#job(name);
    const run = this.coordinator.run(name);
    if (run === undefined) throw new ApiError('conflict', `the job ${name} is ${state}`);
    return run;
  }

  #folder(run: JobRun, answer: Answer): string {
    if ('reason' in answer) throw new ApiError('conflict', run.shown(answer.reason));
    return placeOf(run.options.graph.settings, answer.folder);
  }
}

/** @throws ApiError */
function refuse(answer: DispatcherAnswer, name: string): void {
  switch (answer.kind) {
    case 'unknown-job':
      throw new ApiError('not-found', `there is no job ${JSON.stringify(name)}`);
    case 'conflict':
      throw new ApiError('conflict', answer.message);
    case 'unavailable':
      throw new ApiError('unavailable', answer.message);
    default:
  }
}

function overviewOf({ name, submission, state, reason, end, rescale }: DispatchedJob): JobOverview {
  return {
    ...{ name, id: submission.id, state, submittedAt: submission.submittedAt },
    ...(reason === undefined ? {} : { reason }),
    // Before that is noted, nobody may rely on it.
    ...(end?.state === state ? { endedAt: end.endedAt } : {}),
    ...(end === undefined ? rescaleOf(rescale) : {}),
  };
}

function rescaleOf({ state, wanted, reason }: JobRescale): Pick<JobOverview, 'rescale'> {
  if (state === 'steady' || wanted === undefined) return {};
  return { rescale: { parallelism: wanted, state, ...(reason === undefined ? {} : { reason }) } };
}

function runOf({ master, options, restarts, since, latest }: JobRun): NonNullable<JobDetails['run']> {
  return {
    ...{ state: master.state, since, restarts },
    parallelism: options.graph.settings.parallelism,
    tasks: tasksOf(master),
    ...(latest === undefined ? {} : { latestCheckpoint: latest.checkpoint, latestCheckpointAt: latest.triggeredAt }),
  };
}

function tasksOf({ graph }: JobMaster): readonly TaskOverview[] {
  return graph.tasks.map(({ id: task }) => {
    const states: Record<string, number> = {};
    const executions = graph.executions(new Set([task]));
    for (const { state } of executions) states[state] = (states[state] ?? 0) + 1;
    const [first] = executions;
    return { task, ...(first === undefined ? {} : { attempt: `${first.id.epoch}.${first.id.attempt}` }), states };
  });
}

function checkpointView({ subtasks, reason, ...checkpoint }: CheckpointStatistics, run: JobRun): CheckpointView {
  const sizes = [...subtasks.values()].map((subtask) => ('bytes' in subtask ? subtask.bytes : 0));
  return {
    ...checkpoint,
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
    ...(reason === undefined ? {} : { reason: run.shown(reason) }),
  };
}
