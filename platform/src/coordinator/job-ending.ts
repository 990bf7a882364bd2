/**
 * How a job comes to its end on its own or by request: a last checkpoint behind which the sources send nothing more.
 *
 * Invariants
 * - The end begins only with a completed checkpoint, so that all that was put out before it is committed.
 * - A bounded job with a loop ends only when nothing goes round in it any more. Once the sources are exhausted that is a
 *   stable property, and a checkpoint in which nothing was in flight shows it (Chandy and Lamport, "Distributed Snapshots",
 *   1985). Time comes to its end after the first such checkpoint, and the stream behind the second.
 * - A last checkpoint that failed is taken again for as long as the sources are exhausted.
 * - A stop whose checkpoint is complete has been promised: when tasks fail on their way to the end, they are restored from
 *   that checkpoint and have only to end. Nothing is read, and nothing put out, beyond what whoever asked was told of.
 */
import type {
  CheckpointCoordinator,
  CheckpointRequest,
  CheckpointResult,
} from '../checkpoint/checkpoint-coordinator.js';
import type { Clock } from '../common/clock.js';
import type { ExecutionGraph } from '../scheduling/execution-graph.js';

export interface EndingOptions {
  /** Otherwise exhausted sources end by themselves. */
  readonly takesCheckpoints: boolean;
  readonly hasLoops: boolean;
}

/** Whether something goes round still. */
const LOOK_AGAIN_MS = 100;

export class JobEnding {
  /** Of a stop whose checkpoint is complete. */
  #promised: { readonly then: CheckpointRequest['then']; readonly checkpoint: number } | undefined;
  /** Counts the interruptions: what was asked before the last one no longer matters. */
  #course = 0;
  #phase: 'none' | 'asked' | 'ending' = 'none';
  /** Nothing goes round: time may end. */
  #isQuiescent = false;

  constructor(
    private readonly graph: ExecutionGraph,
    private readonly checkpoints: CheckpointCoordinator,
    private readonly options: EndingOptions,
    private readonly time: Pick<Clock, 'schedule'>,
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
    const { takesCheckpoints, hasLoops } = this.options;
    const request = { type: 'checkpoint', done: () => {} } as const;
    // The checkpoint of the promise proved to be damaged.
    if (this.#promised !== undefined) return this.#ask({ ...request, then: this.#promised.then });
    if (!takesCheckpoints || !this.#areSourcesExhausted()) return;
    if (!hasLoops) this.#ask({ ...request, then: 'end' });
    else this.#ask({ ...request, then: this.#isQuiescent ? 'drain' : 'continue', endsQuiescent: true });
  }

  stop(request: CheckpointRequest): void {
    if (this.#phase !== 'none') return request.done({ reason: 'the job is ending already' });
    this.#ask({
      ...request,
      done: (result) => {
        if ('folder' in result) this.#promised = { then: request.then, checkpoint: result.checkpoint };
        request.done(result);
      },
    });
  }

  /** An attempt begins from a checkpoint. @returns whether it has only to end */
  endsAt(checkpoint: number | undefined): boolean {
    if (this.#promised === undefined || this.#promised.checkpoint !== checkpoint) return false;
    this.#phase = 'ending';
    return true;
  }

  /** Tasks have failed: it begins anew when they run again. */
  interrupt(): void {
    this.#course++;
    this.#phase = 'none';
    this.#isQuiescent = false;
  }

  #ask(request: CheckpointRequest): void {
    const course = this.#course;
    this.#phase = 'asked';
    this.checkpoints.request({
      ...request,
      done: (result) => {
        request.done(result);
        if (course === this.#course) this.#answered(request, result);
        // It was promised when the tasks that began anew were running already, from a checkpoint before it.
        else if (this.#promised !== undefined) this.check();
      },
    });
  }

  #answered({ then, endsQuiescent }: CheckpointRequest, result: CheckpointResult): void {
    this.#phase = 'none';
    if ('reason' in result) return this.check();
    if (endsQuiescent === true && !result.isQuiescent) return this.#checkLater();
    if (then === 'continue') {
      this.#isQuiescent = true;
      return this.check();
    }
    this.#phase = 'ending';
    this.checkpoints.stop('the job ends');
  }

  #checkLater(): void {
    const course = this.#course;
    this.time.schedule(LOOK_AGAIN_MS, () => {
      if (course === this.#course) this.check();
    });
  }

  #areSourcesExhausted(): boolean {
    const sources = new Set(this.graph.tasks.filter(({ isSource }) => isSource).map(({ id }) => id));
    return this.graph.executions(sources).every(({ isExhausted }) => isExhausted);
  }
}
