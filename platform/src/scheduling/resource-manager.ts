/**
 * Which workers there are, and which of their slots work for which job: Apache Flink's ResourceManager. A synchronous
 * machine: what it is told gives assignments to be made and to be given back.
 *
 * Invariants
 * - A job that lacks slots is known with how many: somebody waits for it.
 * - What a lost worker had is wanted again at once.
 */
import { SlotAllocator, type SlotAssignment } from './slot-allocator.js';

export type ResourceEffect =
  /** The job has these slots. */
  | { readonly kind: 'assign'; readonly assignment: SlotAssignment }
  /** They are to be given back: to be answered by `released`. */
  | { readonly kind: 'release'; readonly assignment: SlotAssignment };

export interface WorkerOverview {
  readonly worker: string;
  readonly slots: number;
  readonly assigned: readonly { readonly job: string; readonly slots: number }[];
}

export interface Shortage {
  /** How many slots the job lacks. */
  readonly missing: number;
  /** How many are nobody's: too few for it. */
  readonly free: number;
}

export class ResourceManager {
  readonly #allocator = new SlotAllocator();

  /** @param worker a name that was never there before */
  register(worker: string, slots: number): readonly ResourceEffect[] {
    this.#allocator.register(worker, slots);
    return this.#allocate([]);
  }

  lose(worker: string): readonly ResourceEffect[] {
    this.#allocator.remove(worker);
    return this.#allocate([]);
  }

  /** It is about to go: nothing new is assigned there. */
  leave(worker: string): void {
    this.#allocator.leave(worker);
  }

  /** Whether the job has slots of workers that are about to go. */
  isToMove(job: string): boolean {
    return this.#allocator.isToMove(job);
  }

  /** Those that may go now: nobody has a slot of them any more. */
  idleLeaving(): readonly string[] {
    return this.#allocator.idleLeaving();
  }

  want(job: string, slots: number): readonly ResourceEffect[] {
    return this.#allocate(this.#allocator.want(job, slots));
  }

  /** Whether the job could have so many slots, with those that it has. */
  hasRoom(job: string, slots: number): boolean {
    return this.#allocator.hasRoom(job, slots);
  }

  /** How many more slots the job would need to have so many. */
  shortageFor(job: string, slots: number): Shortage {
    return { missing: slots - this.#allocator.staying(job), free: this.#allocator.free };
  }

  /** So many slots in the place of those that the job has: there must be room. */
  exchange(job: string, slots: number): readonly ResourceEffect[] {
    const { released, assigned } = this.#allocator.exchange(job, slots);
    return [...effectsOf('release', released), ...effectsOf('assign', assigned)];
  }

  /** The job has ended. */
  withdraw(job: string): readonly ResourceEffect[] {
    return this.#allocate(this.#allocator.withdraw(job));
  }

  /** The worker has nothing of the assignment any more. */
  released(assignment: number): readonly ResourceEffect[] {
    this.#allocator.released(assignment);
    return this.#allocate([]);
  }

  /** Undefined: the job has all that it wants. */
  shortageOf(job: string): Shortage | undefined {
    const missing = this.#allocator.missing(job);
    return missing === 0 ? undefined : { missing, free: this.#allocator.free };
  }

  workers(): readonly WorkerOverview[] {
    const assignments = this.#allocator.assignments();
    return [...this.#allocator.workers()].map(([worker, slots]) => ({
      worker,
      slots,
      assigned: assignments.filter((one) => one.worker === worker).map(({ job, slots }) => ({ job, slots })),
    }));
  }

  #allocate(released: readonly SlotAssignment[]): readonly ResourceEffect[] {
    return [...effectsOf('release', released), ...effectsOf('assign', this.#allocator.allocate())];
  }
}

function effectsOf(kind: ResourceEffect['kind'], assignments: readonly SlotAssignment[]): readonly ResourceEffect[] {
  return assignments.map((assignment) => ({ kind, assignment }));
}

/** For people: what the job waits for. */
export function shortageText({ missing, free }: Shortage): string {
  const slots = missing === 1 ? '1 slot is missing' : `${missing} slots are missing`;
  const others = free === 0 ? 'none is' : free === 1 ? '1 is' : `${free} are`;
  return `${slots}, as ${others} free`;
}
