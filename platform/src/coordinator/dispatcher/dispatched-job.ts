/** A job at a Dispatcher. */
import { Lifecycle, type TransitionObserver } from '../../common/transition-table.js';
import { DISPATCHED_TRANSITIONS, type DispatchedState } from './dispatched-states.js';
import type { SlotAssignment } from '../../scheduling/slot-allocator.js';
import { JobRescale } from './job-rescale.js';
import type { JobEnd, JobSubmission } from './job-submission.js';
import { PendingRecords } from './pending-records.js';
import type { RegistryEntry } from './registry-entry.js';

export class DispatchedJob {
  readonly #life: Lifecycle<DispatchedState>;
  readonly records: PendingRecords;
  isCancelled = false;
  /** Its JobMaster is there. */
  isStarted = false;
  end: JobEnd | undefined;
  /** Who ran it alone has said how it has ended, or was about to. */
  isTold = false;
  /** It is being deleted; those who asked are told when it is. */
  deletion: { readonly requests: string[] } | undefined;
  /** What it waits for, or why it is suspended. */
  reason: string | undefined;
  readonly rescale: JobRescale;
  /** Slots that are its own, to be used when its JobMaster is there. */
  readonly reserved: SlotAssignment[] = [];

  /**
   * @param write brings an entry to the registry
   * @param parallelism in force, where that is another than it was submitted with
   */
  constructor(
    readonly submission: JobSubmission,
    write: (entry: RegistryEntry, afterMs: number) => void,
    observer: TransitionObserver | undefined,
    parallelism = submission.parallelism,
  ) {
    this.records = new PendingRecords(write);
    this.rescale = new JobRescale(parallelism, observer);
    this.#life = new Lifecycle<DispatchedState>('dispatched-job', DISPATCHED_TRANSITIONS, 'submitted', observer);
  }

  get name(): string {
    return this.submission.name;
  }

  get state(): DispatchedState {
    return this.#life.state;
  }

  /** As it begins now: at the parallelism that is in force. */
  get startable(): JobSubmission {
    const { parallelism } = this.rescale;
    return parallelism === undefined ? this.submission : { ...this.submission, parallelism };
  }

  /** It will run nowhere any more. */
  get isEnded(): boolean {
    return this.#life.isTerminal;
  }

  /** It will not run any more at this coordinator. */
  get isOver(): boolean {
    return this.#life.isTerminal || this.state === 'suspended';
  }

  to(state: DispatchedState): void {
    this.#life.to(state);
  }
}
