/**
 * A cluster whose coordinator is the production one (Dispatcher with SlotAllocator, JobMaster with CheckpointCoordinator, and the
 * codec of messages) and whose network, storage and workers are simulated.
 *
 * Invariants
 * - What a coordinator does costs the processor's time, which is measured, and no virtual time.
 */
import { Dispatcher } from '../../src/coordinator/dispatcher/dispatcher.js';
import type { DispatcherEffect, DispatcherEvent } from '../../src/coordinator/dispatcher/dispatcher-events.js';
import type { JobSubmission } from '../../src/coordinator/dispatcher/job-submission.js';
import type { JobEffect, JobEvent } from '../../src/coordinator/job-events.js';
import { JobMaster } from '../../src/coordinator/job-master.js';
import type { CheckpointStatistics } from '../../src/checkpoint/checkpoint-statistics.js';
import type { StorageAnswer, StorageRequest } from '../../src/common/storage.js';
import type { JobGraph } from '../../src/job/job-graph.js';
import type { CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import { decodeWorkerReport, encodeMessage } from '../../src/rpc/message-codec.js';
import { PeersOut } from '../../src/rpc/shared-peers.js';
import type { TaskCommand, TaskReport } from '../../src/rpc/task-execution.js';
import type { LeaderAnswer, TaskManagerReport } from '../../src/rpc/task-manager.js';
import type { SlotAssignment } from '../../src/scheduling/slot-allocator.js';
import { CpuMeter } from './cpu-meter.js';
import { SimulatedWorker } from './simulated-worker.js';
import { VirtualTime } from './virtual-time.js';

/** Virtual ms. */
const NETWORK_MS = 1;
const STORAGE_MS = 5;
const SLOT_START_MS = 100;
/** From one stage of the job to the next. */
const BARRIER_MS = 10;

export const HEARTBEAT = { intervalMs: 1000, timeoutMs: 10_000 };
export const JOB = 'wide';

const SUBMISSION: JobSubmission = { name: JOB, id: '1', hash: '1', files: [], baseDir: '/', submittedAt: 0 };

/** Nobody reads it. */
const STATE = new Uint8Array(0);

export class ScaledCluster {
  readonly time = new VirtualTime();
  readonly cpu = new CpuMeter();
  readonly checkpoints: CheckpointStatistics[] = [];
  /** Sent by the coordinator. */
  bytes = 0;
  messages = 0;
  readonly #files = new Map<string, Uint8Array>();
  #dispatcher = new Dispatcher(undefined);
  #master: JobMaster | undefined;
  /** Rises with each leader: what is under way to one before is not heard. */
  #term = 0;
  readonly #timers = new Map<number, () => void>();
  /** By assignment. */
  readonly #workers = new Map<number, SimulatedWorker>();
  readonly #assignments = new Map<number, SlotAssignment>();
  readonly #peers = new PeersOut();
  readonly #barriers = new Map<number, number>();

  constructor(
    private readonly graph: JobGraph,
    private readonly parallelism: number,
  ) {}

  get master(): JobMaster | undefined {
    return this.#master;
  }

  get isRunning(): boolean {
    return this.#master?.checkpoints.isActive === true;
  }

  offer(worker: string): void {
    this.#dispatch({ kind: 'worker', worker, slots: 1 });
  }

  submit(): void {
    this.#dispatch({ kind: 'submit', request: '1', submission: SUBMISSION, again: false });
  }

  /** Its connection has ended. */
  kill(assignment: number): void {
    const worker = this.#workers.get(assignment)!;
    worker.die();
    this.#workers.delete(assignment);
    this.#dispatch({ kind: 'worker-lost', worker: worker.name });
    const taskManager = `${worker.name}/${assignment}/1`;
    this.#tell({ kind: 'task-manager-lost', taskManager, reason: 'it was killed' });
  }

  anyAssignment(): number {
    return [...this.#workers.keys()][this.#workers.size >> 1]!;
  }

  /** The leader dies, and another begins; workers offer themselves anew. */
  changeLeader(workers: readonly string[]): void {
    this.#term++;
    this.#timers.clear();
    for (const worker of this.#workers.values()) worker.die();
    this.#workers.clear();
    this.#dispatcher = new Dispatcher(undefined);
    this.#master = undefined;
    this.#dispatch({ kind: 'recovered', jobs: [{ submission: SUBMISSION, isCancelled: false, end: undefined }] });
    for (const [i, worker] of workers.entries()) this.#later(i % 500, () => this.offer(worker));
  }

  #dispatch(event: DispatcherEvent): void {
    const effects = this.cpu.of('dispatcher', () => this.#dispatcher.step(event));
    for (const effect of effects) this.#dispatched(effect);
  }

  #dispatched(effect: DispatcherEffect): void {
    switch (effect.kind) {
      case 'record':
        return void this.#later(STORAGE_MS, () => this.#dispatch({ kind: 'recorded', job: effect.job }));
      case 'start':
        return this.#start();
      case 'assign':
        return this.#assign(effect.assignment);
      default:
        return;
    }
  }

  #start(): void {
    this.#master = new JobMaster(
      {
        name: JOB,
        graph: this.graph,
        settings: {
          maxParallelism: 1024,
          checkpoint: {
            interval: 1000,
            mode: 'exactly-once',
            timeout: 60_000,
            retain: 1,
            minPause: 0,
            tolerableFailures: 0,
          },
          restart: { strategy: 'fixed-delay', attempts: 100, delay: 1000 },
        },
        leader: `leader-${this.#term}`,
        start: { from: 'latest' },
        mustExist: false,
        allowNonRestoredState: false,
        heartbeatTimeout: HEARTBEAT.timeoutMs,
      },
      { time: this.time, random: { next: () => 0.5 } },
    );
    this.#tell({ kind: 'lead' });
    this.#dispatch({ kind: 'started', job: JOB, slots: this.parallelism });
  }

  #assign(assignment: SlotAssignment): void {
    this.#assignments.set(assignment.id, assignment);
    this.#later(NETWORK_MS + SLOT_START_MS, () => {
      const worker = new SimulatedWorker(assignment.worker, assignment.id, HEARTBEAT, this.time, {
        toJobMaster: (from, taskManager, report) => this.#report(from, taskManager, report),
        write: (file) => void this.#files.set(file, STATE),
        triggered: (barrier) => this.#triggered(barrier),
      });
      this.#workers.set(assignment.id, worker);
    });
  }

  #report({ assignment }: SimulatedWorker, taskManager: string, report: TaskManagerReport | TaskReport): void {
    const payload = encodeMessage({ kind: 'report', assignment, taskManager, report });
    this.#later(NETWORK_MS, () => {
      const decoded = this.cpu.of('codec', () => decodeWorkerReport(payload));
      if (decoded.kind === 'report') this.#tell({ kind: 'task-manager', taskManager, report: decoded.report });
    });
  }

  #send(taskManager: string, message: TaskCommand | LeaderAnswer): void {
    const assignment = Number(taskManager.split('/')[1]);
    for (const command of this.#peers.commands(assignment, taskManager, message)) {
      this.bytes += this.cpu.of('codec', () => encodeMessage(command)).length;
      this.messages++;
    }
    this.#later(NETWORK_MS, () => this.#workers.get(assignment)?.receive(taskManager, message));
  }

  #tell(event: JobEvent): void {
    const master = this.#master;
    if (master === undefined) return;
    for (const effect of this.cpu.of('jobMaster', () => master.step(event))) this.#act(effect);
  }

  #act(effect: JobEffect): void {
    switch (effect.kind) {
      case 'send':
        return this.#send(effect.taskManager, effect.message);
      case 'storage': {
        const { request, ask } = effect;
        return void this.#later(STORAGE_MS, () => this.#tell({ kind: 'storage', request, answer: this.#stored(ask) }));
      }
      case 'schedule': {
        const { timer, ms } = effect;
        this.#timers.set(
          timer,
          this.#later(ms, () => this.#tell({ kind: 'timer', timer })),
        );
        return;
      }
      case 'unschedule':
        this.#timers.get(effect.timer)?.();
        this.#timers.delete(effect.timer);
        return;
      case 'discover': {
        const { discovery } = effect;
        this.#later(NETWORK_MS, () => this.#tell({ kind: 'splits', discovery, found: { splits: [{ id: 'split' }] } }));
        return;
      }
      case 'notify':
        if (effect.notice.kind === 'checkpoint-ended') this.checkpoints.push(effect.notice.statistics);
    }
  }

  /** When all sources have the barrier it goes through the job, and every task acknowledges. */
  #triggered(barrier: CheckpointBarrier): void {
    const { checkpoint } = barrier;
    const count = (this.#barriers.get(checkpoint) ?? 0) + 1;
    this.#barriers.set(checkpoint, count);
    if (count < this.parallelism) return;
    this.#barriers.delete(checkpoint);
    this.#later(BARRIER_MS * this.graph.vertices.length, () => {
      for (const worker of this.#workers.values()) worker.acknowledge(barrier);
    });
  }

  #stored(ask: StorageRequest): StorageAnswer {
    switch (ask.op) {
      case 'create':
        if (this.#files.has(ask.name)) return { ok: false, code: 'exists', message: ask.name };
        this.#files.set(ask.name, ask.bytes);
        return { ok: true };
      case 'read': {
        const bytes = this.#files.get(ask.name);
        return bytes === undefined ? { ok: false, code: 'missing', message: ask.name } : { ok: true, bytes };
      }
      case 'list':
        return { ok: true, names: [...this.#files.keys()].filter((name) => name.startsWith(ask.prefix)).sort() };
      case 'delete':
        for (const name of ask.names) this.#files.delete(name);
        return { ok: true };
    }
  }

  /** Unless another leads then. */
  #later(ms: number, act: () => void): () => void {
    const term = this.#term;
    return this.time.schedule(ms, () => {
      if (term === this.#term) act();
    });
  }
}
