/**
 * The person whose job it is: rescales it, cancels it at any time and in any state, runs it again when it has ended without
 * having finished, and has functions that were given up called again.
 *
 * Invariants
 * - A job that was stopped, canceled or has failed goes on at its latest checkpoint; one that has finished is left alone.
 */
import type { JobNotice } from '../../coordinator/job-events.js';
import type { JobState } from '../../coordinator/job-states.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import { CELLAR } from '../functions/probe-functions.js';
import type { Interruption, WorldOptions } from './world-options.js';

/** Somebody who got no answer asks again, ms. */
const ASK_AGAIN_MS = 60;
/** Who is released for ever keeps the job from its end. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 80;
const LISTED_MAX = 10;

export class JobOwner {
  #isRescaled = false;
  /** Of the stop. */
  #savepoint: string | undefined;
  /** That are still to come. */
  #interruptions: readonly Interruption[];

  constructor(
    private readonly cluster: SimulatedCluster,
    private readonly options: WorldOptions,
  ) {
    const { rescale, cancelAtMs, interruptions } = options;
    this.#interruptions = interruptions;
    const { kernel } = cluster.world;
    if (rescale === undefined) this.#isRescaled = true;
    else kernel.schedule(rescale.atMs, () => this.#rescale());
    if (cancelAtMs !== undefined) kernel.schedule(cancelAtMs, () => this.cluster.commandLeader({ kind: 'cancel' }));
    if (options.functions === undefined) return;
    for (let look = 1; look <= LOOKS; look++) kernel.schedule(look * LOOK_AGAIN_MS, () => this.#lookForParked());
  }

  /** Told of what the leaders say. */
  noticed(notice: JobNotice, isStopped: boolean): void {
    if (notice.kind === 'address-answer' && notice.answer.kind === 'list')
      for (const { id } of notice.answer.addresses) this.#release(id);
    if (notice.kind === 'answer' && 'folder' in notice.result) this.#savepoint = notice.result.folder;
    if (notice.kind !== 'job-state') return;
    if (notice.state === 'finished' && isStopped) this.#goOn();
    this.#interrupt(notice.state);
  }

  #lookForParked(): void {
    const question = { kind: 'list', type: CELLAR, limit: LISTED_MAX, isParked: true } as const;
    this.cluster.commandLeader({ kind: 'ask-address', request: 'parked', question });
  }

  /** A while later: the leader is asked nothing from within its own answer. */
  #release(id: string): void {
    const question = { kind: 'release', type: CELLAR, id } as const;
    this.cluster.world.kernel.schedule(0, () =>
      this.cluster.commandLeader({ kind: 'ask-address', request: `release ${id}`, question }),
    );
  }

  #interrupt(state: JobState): void {
    const due = this.#interruptions.filter((interruption) => interruption.in === state);
    if (due.length === 0) return;
    this.#interruptions = this.#interruptions.filter((interruption) => interruption.in !== state);
    const { kernel } = this.cluster.world;
    for (const { kind, afterMs } of due) kernel.schedule(afterMs, () => this.cluster.commandLeader({ kind }));
  }

  #rescale(): void {
    const { job, world } = this.cluster;
    if (this.#isRescaled || job.isFinished) return;
    const { by } = this.options.rescale!;
    if (by === 'takeover') {
      this.#goOn();
      this.cluster.commandLeader({ kind: 'suspend' });
      return;
    }
    this.cluster.commandLeader({ kind: 'stop', request: 'rescale', drain: false, savepoint: by !== 'stop' });
    world.kernel.schedule(ASK_AGAIN_MS, () => this.#rescale());
  }

  #goOn(): void {
    this.#isRescaled = true;
    const { job } = this.cluster;
    const { to, by, maxParallelism } = this.options.rescale!;
    job.rescale(to, maxParallelism);
    if (by === 'start') job.startFrom(this.#savepoint!);
  }
}
