/**
 * One job over several worker processes, with its JobMaster in this one: the production machines of both planes, joined by
 * Node's channels between processes in place of a coordinator.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '../../src/cli/runtime/system-clock.js';
import type { JobFolder } from '../../src/cli/storage/job-folder.js';
import type { JobNotice } from '../../src/coordinator/job-events.js';
import { JobMaster, type JobResult } from '../../src/coordinator/job-master.js';
import { buildJobGraph } from '../../src/job/job-graph.js';
import type { StreamGraph } from '../../src/job/stream-graph.js';
import type { SlotAddress, TaskCommand } from '../../src/rpc/task-execution.js';
import type { LeaderAnswer } from '../../src/rpc/task-manager.js';
import type { JobEnvironment } from '../../src/taskmanager/environment.js';
import { JobMasterService } from '../../src/taskmanager/job-master-service.js';
import { SplitSearches } from '../../src/taskmanager/split-searches.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

const HEARTBEAT_TIMEOUT_MS = 10_000;
const SILENCE_MS = 10_000;

export interface ProcessJobOptions<Job, News> {
  readonly graph: StreamGraph;
  /** For the sources' splits. */
  readonly environment: JobEnvironment;
  readonly folder: JobFolder;
  /** What a worker process runs. */
  readonly worker: URL;
  readonly job: Job;
  readonly silenceMs?: number;
  observe?(notice: JobNotice): void;
  news?(news: News): void;
  /** Where a slot of another process is reached in place of its own address. */
  route?(peer: SlotAddress): string;
}

interface Worker {
  readonly slots: number;
  readonly process: ChildProcess;
  /** Its youngest name as a task manager. */
  name: string | undefined;
}

export class ProcessJob<Job, News = never> {
  readonly #service: JobMasterService;
  readonly #workers = new Set<Worker>();
  readonly #searches: SplitSearches;
  #started = 0;
  #ended: () => void = () => undefined;
  readonly #end = new Promise<void>((resolve) => (this.#ended = resolve));

  constructor(private readonly options: ProcessJobOptions<Job, News>) {
    const { graph, environment, folder } = options;
    this.#searches = new SplitSearches(graph, environment, (error) => {
      throw error;
    });
    const { name, settings } = graph;
    const master = new JobMaster(
      {
        graph: buildJobGraph(graph),
        heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
        leader: folder.leader,
        start: { from: 'beginning' },
        mustExist: false,
        allowNonRestoredState: false,
        name,
        settings,
      },
      { time: systemClock, random: { next: () => 0.5 } },
    );
    this.#service = new JobMasterService(
      master,
      { clock: systemClock, storage: folder.storage, searches: this.#searches },
      {
        send: (taskManager, message) => this.#send(taskManager, message),
        observe: (notice) => options.observe?.(notice),
        stepped: () => {
          if (master.isDone) this.#ended();
        },
      },
    );
  }

  /** @returns its process */
  startWorker(slots: number): ChildProcess {
    const { worker: entry, graph, job, silenceMs = SILENCE_MS } = this.options;
    const name = `worker-${++this.#started}`;
    const child = fork(entry, { serialization: 'advanced', execArgv: ['--enable-source-maps'] });
    const worker: Worker = { slots, process: child, name: undefined };
    this.#workers.add(worker);
    child.on('message', (message: FromWorker<News>) => this.#hear(worker, message));
    child.on('exit', () => {
      this.#workers.delete(worker);
      if (worker.name === undefined) return;
      this.#service.tell({ kind: 'task-manager-lost', taskManager: worker.name, reason: 'its process has ended' });
    });
    const transport = { host: '127.0.0.1', port: 0, cluster: 'local', version: '0', name, silenceMs };
    this.#post(worker, { kind: 'start', name, slots, graph, transport, job });
    return child;
  }

  /** Until the job has ended, and so have its workers. */
  async run(): Promise<JobResult> {
    this.#service.tell({ kind: 'lead' });
    await this.#end;
    await Promise.all(
      [...this.#workers].map(async (worker) => {
        const gone = once(worker.process, 'exit');
        this.#post(worker, { kind: 'close' });
        await gone;
      }),
    );
    await this.#searches.close();
    return this.#service.master.result;
  }

  #hear(worker: Worker, message: FromWorker<News>): void {
    if (message.kind === 'news') return this.options.news?.(message.news);
    const { name, report } = message;
    worker.name = name;
    this.#service.tell({ kind: 'task-manager', taskManager: name, report });
  }

  #send(taskManager: string, message: TaskCommand | LeaderAnswer): void {
    const worker = [...this.#workers].find(({ name }) => name === taskManager);
    if (worker !== undefined)
      this.#post(worker, { kind: 'message', to: taskManager, message: this.#routed(message, taskManager) });
  }

  /** Slots of the same process stay where they are. */
  #routed(message: TaskCommand | LeaderAnswer, taskManager: string): TaskCommand | LeaderAnswer {
    const { route } = this.options;
    if (message.kind !== 'deploy' || route === undefined) return message;
    const { deployment } = message;
    const peers = deployment.peers?.map((peer) =>
      peer.name.endsWith(` of ${taskManager}`) ? peer : { ...peer, address: route(peer) },
    );
    return { kind: 'deploy', deployment: { ...deployment, ...(peers === undefined ? {} : { peers }) } };
  }

  #post({ process: child }: Worker, message: ToWorker<Job>): void {
    // A process may die between the question and the answer: that it has ended is heard by `exit`, whatever is still sent to it.
    if (child.connected) child.send(message, () => undefined);
  }
}
