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
  /** Current attempts by task, subtask by subtask; none before a task's first attempt. */
  readonly #current = new Map<string, readonly Execution[]>();

  constructor(
    graph: JobGraph,
    private readonly observer: TransitionObserver | undefined,
  ) {
    this.tasks = tasksOf(graph);
    this.regions = pipelinedRegions(this.tasks);
  }

  task(id: string): JobTask {
    const task = this.tasks.find((candidate) => candidate.id === id);
    invariant(task !== undefined, `${id} is a task`);
    return task;
  }

  /** All current attempts, or those of some tasks. */
  executions(of?: ReadonlySet<string>): Execution[] {
    const executions: Execution[] = [];
    for (const { id } of this.tasks) if (of?.has(id) !== false) executions.push(...(this.#current.get(id) ?? []));
    return executions;
  }

  /** The attempt, if it is the current one. */
  find({ epoch, attempt, task, subtask }: AttemptId): Execution | undefined {
    const current = this.#current.get(task)?.[subtask];
    return current?.id.epoch === epoch && current.id.attempt === attempt ? current : undefined;
  }

  /** Makes new attempts of some tasks. */
  renew(tasks: ReadonlySet<string>, epoch: number, attempt: number): void {
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
