/**
 * Runs a whole job in this thread: `tidegate run` and `tidegate test`.
 *
 * Invariants
 * - The first failure ends the job; whatever happens, every task is closed, once, before `run` resolves.
 */
import type { SourceSplit } from '@tidegate/connectors/api';
import { TidegateError } from '../common/errors.js';
import { buildJobGraph, type JobGraph } from '../job/job-graph.js';
import type { StreamGraph } from '../job/stream-graph.js';
import { MetricRegistry } from '../metrics/registry.js';
import { attemptName, type AttemptId, type TaskReport } from '../rpc/task-execution.js';
import { SourceTask } from '../task/source-task.js';
import type { JobEnvironment } from './environment.js';
import { Slot } from './slot.js';
import { TaskExecutor } from './task-executor.js';
import { TaskFactory } from './task-factory.js';

export type JobOutcome =
  /** Every bounded ingress was read to its end and everything was written. */
  { readonly state: 'finished' } | { readonly state: 'stopped' } | { readonly state: 'failed'; readonly cause: Error };

export class EmbeddedJob {
  readonly metrics = new MetricRegistry();
  readonly #job: JobGraph;
  readonly #slot: Slot;
  readonly #executor: TaskExecutor;
  /** Attempts that have not ended, and whether they run. */
  readonly #attempts = new Map<string, { readonly id: AttemptId; isRunning: boolean }>();
  #failure: Error | undefined;
  #stopped = false;
  #ended: (() => void) | undefined;

  constructor(
    private readonly graph: StreamGraph,
    private readonly environment: JobEnvironment,
  ) {
    this.#job = buildJobGraph(graph);
    const { clock } = environment;
    this.#slot = new Slot(
      {
        clock,
        yieldToEventLoop: () => environment.yieldToEventLoop(),
        whenQuiet: () => this.#isRunning() && environment.whenQuiet?.() === true,
      },
      {
        done: (task) => this.#executor.done(task),
        failed: (task, error) => this.#executor.failed(task, error),
        broken: (error) => this.#fail(error),
      },
    );
    const factory = new TaskFactory(graph, this.#job, environment, this.metrics);
    this.#executor = new TaskExecutor(this.#job, factory, this.#slot, (report) => this.#onReport(report));
  }

  /** Ends all sources where they are; what they have read is still processed and written. */
  stop(): void {
    this.#stopped = true;
    for (const task of this.sourceTasks()) task.stop();
    this.#slot.wake();
  }

  /** For a host that drives event time itself. None before they run. */
  sourceTasks(): readonly SourceTask[] {
    return this.#executor.tasks().filter((task) => task instanceof SourceTask);
  }

  wake(): void {
    this.#slot.wake();
  }

  async run(): Promise<JobOutcome> {
    const ended = new Promise<void>((resolve) => (this.#ended = resolve));
    try {
      const splits = await this.#discover();
      this.#deploy(splits);
      await ended;
    } catch (error) {
      this.#failure ??= error instanceof Error ? error : new TidegateError('TG400', String(error));
    } finally {
      await this.#slot.close();
    }
    if (this.#failure !== undefined) return { state: 'failed', cause: this.#failure };
    return { state: this.#stopped ? 'stopped' : 'finished' };
  }

  /** The splits of every source that there are now. */
  async #discover(): Promise<ReadonlyMap<string, readonly SourceSplit[]>> {
    const splits = new Map<string, readonly SourceSplit[]>();
    for (const node of this.graph.sources) {
      const enumerator = this.environment.createSource(node, (error) => this.#fail(error)).source.createEnumerator();
      try {
        splits.set(node.id, await enumerator.discover());
      } finally {
        await enumerator.close();
      }
    }
    return splits;
  }

  #deploy(splits: ReadonlyMap<string, readonly SourceSplit[]>): void {
    const { maxParallelism } = this.graph.settings;
    const heads = this.#job.vertices.filter(
      ({ id }) => !this.#job.edges.some((edge) => edge.chained && edge.to === id),
    );
    const ids = heads.flatMap(({ id: task, parallelism }) =>
      Array.from({ length: parallelism }, (_, subtask) => ({ epoch: 1, attempt: 1, task, subtask, parallelism })),
    );
    for (const { parallelism, ...id } of ids) this.#attempts.set(attemptName(id), { id, isRunning: false });
    for (const { parallelism, ...id } of ids) {
      const first = (subtask: number) => Math.ceil((subtask * maxParallelism) / parallelism);
      const keyGroups = { first: first(id.subtask), last: first(id.subtask + 1) - 1 };
      const deployment = { id, slot: 0, keyGroups, restore: undefined, splits: splits.get(id.task) ?? [] };
      this.#executor.command({ kind: 'deploy', deployment });
    }
  }

  #isRunning(): boolean {
    return this.#attempts.size > 0 && [...this.#attempts.values()].every(({ isRunning }) => isRunning);
  }

  #onReport(report: TaskReport): void {
    if (report.kind !== 'state') return;
    const name = attemptName(report.id);
    switch (report.state) {
      case 'initializing':
        return;
      case 'running':
        this.#attempts.get(name)!.isRunning = true;
        if (this.#stopped && this.#isRunning()) this.stop();
        return;
      case 'failed':
        this.#fail(causeOf(report));
        break;
      default:
    }
    this.#attempts.delete(name);
    if (this.#attempts.size === 0) this.#ended?.();
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    for (const { id } of [...this.#attempts.values()]) this.#executor.command({ kind: 'cancel', id });
  }
}

function causeOf({ failure }: Extract<TaskReport, { kind: 'state' }>): Error {
  return Object.assign(new Error(failure?.message ?? 'a task failed'), { code: failure?.code });
}
