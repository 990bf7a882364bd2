/**
 * How a job comes to its end on its own or by request: a last checkpoint behind which the sources send nothing more.
 *
 * Invariants
 * - The end begins only with a completed checkpoint, so that all that was put out before it is committed.
 * - A last checkpoint that failed is taken again for as long as there is reason to: the sources are exhausted, or a stop
 *   whose checkpoint was complete has been promised and tasks failed on their way to the end.
 */
import type { CheckpointCoordinator, CheckpointRequest } from '../checkpoint/checkpoint-coordinator.js';
import type { ExecutionGraph } from '../scheduling/execution-graph.js';

export class JobEnding {
  /** Of a stop whose checkpoint is complete. */
  #promised: CheckpointRequest['then'] | undefined;
  /** Counts the interruptions: what was asked before the last one no longer matters. */
  #course = 0;
  #phase: 'none' | 'asked' | 'ending' = 'none';

  /** @param takesCheckpoints otherwise exhausted sources end by themselves */
  constructor(
    private readonly graph: ExecutionGraph,
    private readonly checkpoints: CheckpointCoordinator,
    private readonly takesCheckpoints: boolean,
  ) {}

  /** Some tasks may be told to end, and others not yet. */
  get isUnderWay(): boolean {
    return this.#phase !== 'none';
  }

  /** The last checkpoint is complete: tasks finish. */
  get isEnding(): boolean {
    return this.#phase === 'ending';
  }

  /** It ends by request, and can be resumed. */
  get isStop(): boolean {
    return this.#promised !== undefined;
  }

  /** All tasks run, or one more source is exhausted: ends the job if it is time. */
  check(): void {
    if (this.#phase !== 'none' || !this.checkpoints.isActive) return;
    const then = this.#promised ?? (this.takesCheckpoints && this.#areSourcesExhausted() ? 'end' : undefined);
    if (then !== undefined) this.#ask({ type: 'checkpoint', then, done: () => {} });
  }

  stop(request: CheckpointRequest): void {
    if (this.#phase !== 'none') return request.done({ reason: 'the job is ending already' });
    this.#ask({
      ...request,
      done: (result) => {
        if ('folder' in result) this.#promised = request.then;
        request.done(result);
      },
    });
  }

  /** Tasks have failed: it begins anew when they run again. */
  interrupt(): void {
    this.#course++;
    this.#phase = 'none';
  }

  #ask(request: CheckpointRequest): void {
    const course = this.#course;
    this.#phase = 'asked';
    this.checkpoints.request({
      ...request,
      done: (result) => {
        request.done(result);
        if (course !== this.#course) return;
        this.#phase = 'folder' in result ? 'ending' : 'none';
        if (this.isEnding) this.checkpoints.stop('the job ends');
        else this.check();
      },
    });
  }

  #areSourcesExhausted(): boolean {
    const sources = new Set(this.graph.tasks.filter(({ isSource }) => isSource).map(({ id }) => id));
    return this.graph.executions(sources).every(({ isExhausted }) => isExhausted);
  }
}
