/**
 * The ExecutionGraph: the JobGraph's tasks times their parallelism, with the current attempt of every subtask.
 *
 * Invariants
 * - A subtask has at most one current attempt: a new one is made only when the one before has ended.
 * - Attempts of a subtask rise, by the leader's epoch and then by the job's count of restarts.
 */
import { invariant } from '../common/errors.js';
import type { TransitionObserver } from '../common/transition-table.js';
import type { JobGraph } from '../job/job-graph.js';
import type { AttemptId } from '../rpc/task-execution.js';
import { Execution } from './execution.js';
import { tasksOf, type JobTask } from './job-task.js';
import { pipelinedRegions, type PipelinedRegion } from './pipelined-regions.js';

export class ExecutionGraph {
  readonly tasks: readonly JobTask[];
  readonly regions: readonly PipelinedRegion[];
  readonly #tasks: ReadonlyMap<string, JobTask>;
  /** Current attempts by task, subtask by subtask; none before a task's first attempt. */
  readonly #current = new Map<string, readonly Execution[]>();
  /** Attempts by the task manager that they were deployed to; those that are current no more are dropped when it is asked. */
  readonly #deployed = new Map<string, Set<Execution>>();
  /** Whom somebody waits for, and who of them was not there yet when it was asked last. */
  #awaited:
    { readonly of: ReadonlySet<string> | undefined; readonly all: readonly Execution[]; next: number } | undefined;

  constructor(
    graph: JobGraph,
    private readonly observer: TransitionObserver | undefined,
  ) {
    this.tasks = tasksOf(graph);
    this.#tasks = new Map(this.tasks.map((task) => [task.id, task]));
    this.regions = pipelinedRegions(this.tasks);
  }

  task(id: string): JobTask {
    const task = this.#tasks.get(id);
    invariant(task !== undefined, `${id} is a task`);
    return task;
  }

  /** All current attempts, or those of some tasks. */
  executions(of?: ReadonlySet<string>): Execution[] {
    const executions: Execution[] = [];
    for (const { id } of this.tasks) if (of?.has(id) !== false) executions.push(...(this.#current.get(id) ?? []));
    return executions;
  }

  /** Whether all of them are so. It is asked with every report: it looks first at whoever was not so the last time. */
  areAll(isSo: (execution: Execution) => boolean, of?: ReadonlySet<string>): boolean {
    if (this.#awaited?.of !== of) this.#awaited = undefined;
    const awaited = (this.#awaited ??= { of, all: this.executions(of), next: 0 });
    const { all } = awaited;
    for (let looked = 0; looked < all.length; looked++) {
      if (!isSo(all[awaited.next]!)) return false;
      awaited.next = (awaited.next + 1) % all.length;
    }
    return true;
  }

  /** An attempt was deployed. */
  deployed(execution: Execution): void {
    const { taskManager } = execution;
    invariant(taskManager !== undefined, `${execution.name} was deployed somewhere`);
    const there = this.#deployed.get(taskManager);
    if (there === undefined) this.#deployed.set(taskManager, new Set([execution]));
    else there.add(execution);
  }

  /** Current attempts that were deployed to a task manager. */
  at(taskManager: string): Execution[] {
    const there = this.#deployed.get(taskManager);
    if (there === undefined) return [];
    for (const execution of there) if (this.find(execution.id) !== execution) there.delete(execution);
    return [...there];
  }

  /** Nothing is deployed there any more. */
  forget(taskManager: string): void {
    this.#deployed.delete(taskManager);
  }

  /** The attempt, if it is the current one. */
  find({ epoch, attempt, task, subtask }: AttemptId): Execution | undefined {
    const current = this.#current.get(task)?.[subtask];
    return current?.id.epoch === epoch && current.id.attempt === attempt ? current : undefined;
  }

  /** Makes new attempts of some tasks. */
  renew(tasks: ReadonlySet<string>, epoch: number, attempt: number): void {
    this.#awaited = undefined;
    for (const { id, parallelism } of this.tasks) {
      if (!tasks.has(id)) continue;
      const former = this.#current.get(id) ?? [];
      for (const execution of former) {
        invariant(execution.isTerminal, `${execution.name} has ended before there is a new attempt`);
      }
      this.#current.set(
        id,
        Array.from({ length: parallelism }, (_, subtask) => {
          return new Execution({ epoch, attempt, task: id, subtask }, this.observer);
        }),
      );
    }
  }

  isFinished(task: string): boolean {
    return this.#current.get(task)?.every(({ state }) => state === 'finished') ?? false;
  }

  /** Tasks that wait and may begin: of regions whose blocking inputs have all finished. */
  schedulable(): ReadonlySet<string> {
    const ready = this.regions.filter(({ blockingInputs }) => [...blockingInputs].every((id) => this.isFinished(id)));
    const waiting = ready
      .flatMap(({ tasks }) => [...tasks])
      .filter((task) => this.#current.get(task)?.some(({ state }) => state === 'created'));
    return new Set(waiting);
  }
}
