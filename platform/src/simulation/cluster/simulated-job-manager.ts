/**
 * A coordinator of the simulated world: the production JobMaster in a process that stands for election. Each effect is
 * carried out behind a point at which the process may be killed, so that it dies between any two of them.
 */
import { JobMaster } from '../../coordinator/job-master.js';
import type { JobEffect, JobEvent, JobNotice } from '../../coordinator/job-events.js';
import type { JobOptions } from '../../coordinator/job-options.js';
import type { JobState } from '../../coordinator/job-states.js';
import type { TaskReport } from '../../rpc/task-execution.js';
import type { TaskManagerReport } from '../../rpc/task-manager.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import type { JobVersion } from './simulated-job.js';
import type { SimulatedCluster } from './simulated-cluster.js';

/** For whoever watches. @param isStopped whether the job has ended because it was told to stop */
export type Watch = (notice: JobNotice, isStopped: boolean) => void;

/** Of a job that ran here; whether it is to run again, the job knows. */
const ENDED: ReadonlySet<JobState> = new Set(['suspended', 'failed', 'canceled', 'finished']);
const AGAIN_MS = 5;
/** What a source's enumerator takes, ms. */
const DISCOVERY_MS = { min: 0.5, max: 8 };

export class SimulatedJobManager {
  readonly process: SimulatedProcess;
  #master: JobMaster | undefined;
  readonly #timers = new Map<number, () => void>();
  #leaders = 0;
  #version: JobVersion | undefined;

  constructor(
    private readonly cluster: SimulatedCluster,
    name: string,
    private readonly watch: Watch,
  ) {
    this.process = cluster.world.process(name, () => this.#boot());
  }

  /** A task manager's message has arrived. */
  receive(taskManager: string, report: TaskManagerReport | TaskReport): void {
    this.step({ kind: 'task-manager', taskManager, report });
  }

  /** Somebody asks something of the leader. */
  command(event: JobEvent): void {
    this.process.enter(() => this.step(event));
  }

  step(event: JobEvent): void {
    const master = this.#master;
    if (master === undefined) return;
    for (const effect of master.step(event)) {
      this.process.point(`the coordinator's ${effect.kind}`);
      this.#carryOut(effect);
    }
  }

  #boot(): void {
    this.#master = undefined;
    this.#timers.clear();
    this.cluster.election.join(this.process, {
      lead: () => this.#lead(),
      suspend: () => this.step({ kind: 'suspend' }),
    });
  }

  /** Also when the job begins anew under a leader that stays. */
  #lead(): void {
    const { version } = this.cluster.job;
    const leader = `${this.process.name}#${this.process.incarnation}.${this.#leaders++}`;
    this.#timers.clear();
    this.#master = this.cluster.parts.createJobMaster(optionsOf(version, leader, this.cluster), {
      time: this.process,
      random: this.cluster.world.random.fork(leader),
      observer: this.cluster.world.coverage,
    });
    this.#version = version;
    this.watch({ kind: 'job-state', state: 'initializing' }, false);
    this.step({ kind: 'lead' });
  }

  #carryOut(effect: JobEffect): void {
    const { world } = this.cluster;
    const { process } = this;
    const master = this.#master;
    const stepIfSame = (event: JobEvent): void => {
      if (this.#master === master) this.step(event);
    };
    switch (effect.kind) {
      case 'send':
        return this.cluster.toTaskManager(process, effect.taskManager, effect.message);
      case 'storage':
        return world.storage.request(process, effect.ask, (answer) =>
          stepIfSame({ kind: 'storage', request: effect.request, answer }),
        );
      case 'schedule':
        this.#timers.set(
          effect.timer,
          process.schedule(effect.ms, () => stepIfSame({ kind: 'timer', timer: effect.timer })),
        );
        return;
      case 'unschedule':
        this.#timers.get(effect.timer)?.();
        this.#timers.delete(effect.timer);
        return;
      case 'discover': {
        process.schedule(world.random.between(DISCOVERY_MS.min, DISCOVERY_MS.max), () =>
          stepIfSame({ kind: 'splits', discovery: effect.discovery, found: world.inputSystem.discover() }),
        );
        return;
      }
      case 'notify':
        return this.#noticed(effect.notice);
    }
  }

  #noticed(notice: JobNotice): void {
    const { world, job } = this.cluster;
    if (world.trace.on) world.trace.line(world.kernel.now, this.process.name, describe(notice));
    if (notice.kind === 'attempt') job.begin(notice.epoch, this.#version!);
    this.watch(notice, this.#master?.result.isStopped === true);
    if (notice.kind === 'job-state' && ENDED.has(notice.state))
      this.process.schedule(AGAIN_MS, () => this.#leadAgain());
  }

  /** The job has come to an end here, and its lease is held still: it runs again if it is to go on. */
  #leadAgain(): void {
    const isLeader = this.cluster.election.leader === this.process;
    if (isLeader && this.#master?.isTerminal === true && !this.cluster.job.isFinished) this.#lead();
  }
}

function optionsOf({ graph, job }: JobVersion, leader: string, cluster: SimulatedCluster): JobOptions {
  return {
    name: graph.name,
    graph: job,
    settings: graph.settings,
    leader,
    start: cluster.job.takeStart(),
    mustExist: false,
    allowNonRestoredState: false,
    heartbeatTimeout: cluster.heartbeatTimeoutMs,
  };
}

function describe(notice: JobNotice): string {
  switch (notice.kind) {
    case 'job-state':
      return `the job is ${notice.state}${notice.failure === undefined ? '' : `: ${notice.failure.message}`}`;
    case 'execution-state':
      return `${notice.attempt} is ${notice.state}`;
    case 'attempt':
      return `attempt ${notice.epoch}.${notice.attempt} begins from checkpoint ${notice.checkpoint ?? 'none'}`;
    case 'missing-slots':
      return `${notice.missing} slots are missing`;
    case 'restart':
      return `restarts in ${notice.afterMs} ms: ${notice.cause.message}`;
    case 'checkpoint-triggered':
      return `triggers checkpoint ${notice.barrier.checkpoint}, then ${notice.barrier.then}`;
    case 'checkpoint-ended': {
      const { checkpoint, outcome, reason = '' } = notice.statistics;
      return `checkpoint ${checkpoint} is ${outcome} ${reason}`;
    }
    case 'warning':
      return notice.message;
    case 'answer':
      return `answers ${notice.request}: ${'folder' in notice.result ? notice.result.folder : notice.result.reason}`;
    case 'address-answer':
      return `answers ${notice.request}: ${notice.answer.kind}`;
  }
}
