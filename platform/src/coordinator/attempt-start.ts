/**
 * Brings new attempts of some tasks to their task managers, step by step: fence, state from the latest checkpoint, splits
 * of the sources, slots, deployment.
 *
 * Invariants
 * - No attempt is deployed before its fence is durable; what it starts from is the latest checkpoint below the fence.
 * - What comes of an attempt that has been given up, or succeeded by another, is ignored.
 */
import { assignState, type AssignmentOptions } from '../checkpoint/state-assignment.js';
import type { CheckpointStore, StoreOutcome } from '../checkpoint/checkpoint-store.js';
import { TidegateError } from '../common/errors.js';
import type { FoundSplits } from '../job/found-splits.js';
import { keyGroupRange } from '../job/key-groups.js';
import type { JobGraph } from '../job/job-graph.js';
import type { AttemptId, Failure, SlotAddress, TaskRestore } from '../rpc/task-execution.js';
import type { AttemptStatus } from '../rpc/task-manager.js';
import type { Execution } from '../scheduling/execution.js';
import type { ExecutionGraph } from '../scheduling/execution-graph.js';
import type { SlotPool } from '../scheduling/slot-pool.js';
import type { JobOptions } from './job-options.js';
import type { Outbox } from './outbox.js';
import { SplitDiscovery } from './split-discovery.js';

export interface AttemptHost {
  deploy(execution: Execution): void;
  addSplits(id: AttemptId, found: FoundSplits): void;
  /** All that can be deployed now has been. */
  deployed(): void;
  /** @returns whether it has only to end, as a stop at this checkpoint was promised */
  endsAt(checkpoint: number | undefined): boolean;
  /** It cannot start. */
  failed(failure: Failure): void;
  fenced(): void;
}

const RETRY_MS = 500;
const NO_SPLITS: FoundSplits = { splits: [], more: false };

export class AttemptStart {
  #epoch = 0;
  #attempt = 0;
  /** Of the current attempt, once its fence is durable. */
  #restores: ReadonlyMap<string, readonly TaskRestore[]> | undefined;
  readonly #discovery: SplitDiscovery;
  #isUnderWay = false;
  /** Why the current attempt has no fence yet, as it was told. */
  #waitsFor: string | undefined;
  #missing = 0;

  constructor(
    private readonly graph: ExecutionGraph,
    private readonly job: JobGraph,
    private readonly options: Omit<AssignmentOptions, 'rewound' | 'ends' | 'edit'> &
      Required<Pick<JobOptions, 'edits'>>,
    private readonly store: CheckpointStore,
    private readonly slots: SlotPool,
    private readonly outbox: Outbox,
    private readonly host: AttemptHost,
  ) {
    this.#discovery = new SplitDiscovery(outbox, {
      found: () => this.resume(),
      grown: (source, found) => this.#tell(source, found),
      failed: (failure) => host.failed(failure),
    });
  }

  get epoch(): number {
    return this.#epoch;
  }

  get attempt(): number {
    return this.#attempt;
  }

  lead(epoch: number): void {
    this.#epoch = epoch;
    this.#attempt = 0;
  }

  /** Makes new attempts; those before have ended. */
  begin(tasks: ReadonlySet<string>): void {
    const attempt = ++this.#attempt;
    this.#isUnderWay = true;
    this.#restores = undefined;
    this.#discovery.stop(tasks);
    this.graph.renew(tasks, this.#epoch, attempt);
    this.#fence(attempt);
  }

  giveUp(): void {
    this.#isUnderWay = false;
  }

  /** Nothing that runs is told of more splits. */
  end(): void {
    this.giveUp();
    this.#discovery.stop();
  }

  /** Says again what a task may not have heard. @param told what it says that it was told */
  repeat({ id }: Execution, told: AttemptStatus['found']): void {
    const found = this.#discovery.found(id.task);
    if (found === undefined) return;
    if (told.splits < found.splits.length || told.more !== found.more) this.host.addSplits(id, found);
  }

  #tell(source: string, found: FoundSplits): void {
    for (const { id } of this.graph.executions(new Set([source]))) this.host.addSplits(id, found);
  }

  /** Slots may have come, or a stage may have finished. */
  resume(): void {
    if (!this.#isUnderWay || this.#restores === undefined) return;
    if (
      this.graph.tasks.some(
        ({ id, isSource }) => isSource && this.#waits(id) && this.#discovery.found(id) === undefined,
      )
    )
      return;
    const missing = this.slots.assign(Math.max(...this.graph.tasks.map(({ parallelism }) => parallelism)));
    if (missing > 0 && missing !== this.#missing) {
      this.outbox.push({ kind: 'notify', notice: { kind: 'missing-slots', missing } });
    }
    this.#missing = missing;
    if (missing > 0) return;
    const peers = this.slots.addresses();
    for (const execution of this.graph.executions(this.graph.schedulable())) this.#deploy(execution, peers);
    this.host.deployed();
  }

  #fence(attempt: number): void {
    const ifCurrent = (act: () => void) => {
      if (this.#isUnderWay && attempt === this.#attempt) act();
    };
    const fenced = (outcome: StoreOutcome): void => {
      if (outcome.kind === 'fenced') return this.host.fenced();
      ifCurrent(() => {
        if (outcome.kind === 'stored') return this.#restore(attempt);
        this.#tellWhy(
          `attempt ${attempt} waits until the checkpoint storage takes its first entry: ${outcome.message}`,
        );
        this.outbox.schedule(RETRY_MS, () => ifCurrent(() => this.store.fence(attempt, fenced)));
      });
    };
    this.store.fence(attempt, fenced);
  }

  /** Once for each cause, however often it is tried. */
  #tellWhy(message: string): void {
    if (message === this.#waitsFor) return;
    this.#waitsFor = message;
    this.outbox.push({ kind: 'notify', notice: { kind: 'warning', message } });
  }

  #restore(attempt: number): void {
    this.#waitsFor = undefined;
    const latest = this.store.latest?.metadata;
    const { checkpoint, timestamp, plan } = latest ?? {};
    const notice = { kind: 'attempt', epoch: this.#epoch, attempt, checkpoint, timestamp } as const;
    this.outbox.push({ kind: 'notify', notice });
    try {
      const { tasks } = this.graph;
      const edit = plan && this.options.edits.get(plan.name);
      const ends = this.host.endsAt(checkpoint);
      const options = { rewound: this.store.rewound, ends, edit, ...this.options };
      const assigned = latest && assignState(latest, tasks, this.job, options);
      this.#restores = assigned ?? new Map();
    } catch (error) {
      if (!(error instanceof TidegateError)) throw error;
      return this.host.failed({ code: error.code, message: error.message, retriable: false });
    }
    for (const { id, isSource } of this.graph.tasks) if (isSource && this.#waits(id)) this.#discover(id);
    this.resume();
  }

  #discover(source: string): void {
    // The state of a source is whole in each of its subtasks.
    const operators = this.#restores?.get(source)?.[0]?.snapshot.operators ?? [];
    this.#discovery.begin(
      source,
      operators.filter(({ owner }) => owner === source),
    );
  }

  #waits(task: string): boolean {
    return this.graph.executions(new Set([task])).some(({ state }) => state === 'created');
  }

  #deploy(execution: Execution, peers: readonly SlotAddress[] | undefined): void {
    const { id, state } = execution;
    const location = this.slots.location(id.subtask);
    if (state !== 'created' || location === undefined) return;
    const { parallelism } = this.graph.task(id.task);
    execution.deploy(location.taskManager, {
      id,
      slot: location.slot,
      ...(peers === undefined ? {} : { peers }),
      keyGroups: keyGroupRange(id.subtask, this.options.maxParallelism, parallelism),
      restore: this.#restores?.get(id.task)?.[id.subtask],
      found: this.#discovery.found(id.task) ?? NO_SPLITS,
    });
    this.host.deploy(execution);
  }
}
