/**
 * One attempt of one subtask, as the JobMaster knows it.
 *
 * Invariants
 * - Reports may be lost, late and doubled: a state that has been passed changes nothing, and one that was skipped is gone
 *   through. A terminal state is final.
 */
import { Lifecycle, type TransitionObserver } from '../common/transition-table.js';
import {
  attemptName,
  type AttemptId,
  type Failure,
  type TaskDeployment,
  type TaskState,
} from '../rpc/task-execution.js';
import { EXECUTION_TRANSITIONS, type ExecutionState } from './execution-states.js';

/** How an attempt that is left alone goes. */
const COURSE: readonly ExecutionState[] = ['created', 'scheduled', 'deploying', 'initializing', 'running', 'finished'];

export class Execution {
  readonly name: string;
  readonly #life: Lifecycle<ExecutionState>;
  #taskManager: string | undefined;
  #deployment: TaskDeployment | undefined;
  #failure: Failure | undefined;
  #exhausted = false;

  constructor(
    readonly id: AttemptId,
    observer: TransitionObserver | undefined,
  ) {
    this.name = attemptName(id);
    this.#life = new Lifecycle('execution', EXECUTION_TRANSITIONS, 'created', observer);
  }

  get state(): ExecutionState {
    return this.#life.state;
  }

  get isTerminal(): boolean {
    return this.#life.isTerminal;
  }

  /** Whether a task manager has it, or may have it. */
  get isDeployed(): boolean {
    return !this.isTerminal && this.state !== 'created';
  }

  /** Where it was deployed to. */
  get taskManager(): string | undefined {
    return this.#taskManager;
  }

  /** What its task manager was told, and is told again for as long as it says nothing. */
  get deployment(): TaskDeployment | undefined {
    return this.#deployment;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** A bounded source that has given everything. */
  get isExhausted(): boolean {
    return this.#exhausted;
  }

  deploy(taskManager: string, deployment: TaskDeployment): void {
    this.#taskManager = taskManager;
    this.#deployment = deployment;
    this.#life.to('scheduled');
    this.#life.to('deploying');
  }

  exhaust(): void {
    this.#exhausted = true;
  }

  /** @returns whether its task manager must be told */
  cancel(): boolean {
    if (this.isTerminal || this.state === 'canceling') return false;
    const next = this.state === 'created' ? 'canceled' : 'canceling';
    this.#life.to(next);
    return next === 'canceling';
  }

  /** What its task manager says, or the silence of its task manager. @returns whether its state changed */
  report(state: TaskState, failure?: Failure): boolean {
    if (!this.isDeployed) return false;
    const before = this.state;
    if (before === 'canceling') {
      if (state !== 'initializing' && state !== 'running') this.#life.to('canceled');
    } else if (state === 'failed' || state === 'canceled') {
      this.#failure = failure ?? { code: 'TG431', message: `${this.name} was ended from outside`, retriable: true };
      this.#life.to('failed');
    } else {
      for (const next of COURSE.slice(COURSE.indexOf(before) + 1, COURSE.indexOf(state) + 1)) this.#life.to(next);
    }
    return this.state !== before;
  }
}
