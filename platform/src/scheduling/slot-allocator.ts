/**
 * Which slots of which workers belong to which job.
 *
 * Invariants
 * - A slot belongs to one job at most, also while it is being given back: it is free again when its worker says so.
 * - What a job lacks it gets at once and whole, or not at all: jobs that hold a part of what they need would wait for each other.
 * - Jobs are served in the order in which they came, but one that cannot be served holds up nobody.
 * - What a job exchanges for other slots nobody else gets in between.
 */
import { invariant } from '../common/errors.js';

export interface SlotAssignment {
  /** New with each assignment. */
  readonly id: number;
  readonly worker: string;
  readonly job: string;
  readonly slots: number;
}

export interface Exchanged {
  /** To be given back. */
  readonly released: readonly SlotAssignment[];
  readonly assigned: readonly SlotAssignment[];
}

export class SlotAllocator {
  readonly #workers = new Map<string, number>();
  /** Of those, which are about to go. */
  readonly #leaving = new Set<string>();
  /** In the order in which they came. */
  readonly #wanted = new Map<string, number>();
  readonly #assignments = new Map<number, SlotAssignment>();
  /** Of those, which are being given back. */
  readonly #releasing = new Set<number>();
  #next = 1;

  /** @param worker a name that was never there before: a process that comes back has another */
  register(worker: string, slots: number): void {
    this.#workers.set(worker, slots);
  }

  /** Nothing new is to be assigned there: it is about to go. */
  leave(worker: string): void {
    if (this.#workers.has(worker)) this.#leaving.add(worker);
  }

  /** Whether the job has slots of workers that are about to go. */
  isToMove(job: string): boolean {
    return this.#of(job).some(({ worker }) => this.#leaving.has(worker));
  }

  /** Workers that are about to go, and of which nobody has a slot any more. */
  idleLeaving(): readonly string[] {
    const used = new Set([...this.#assignments.values()].map(({ worker }) => worker));
    return [...this.#leaving].filter((worker) => !used.has(worker));
  }

  /** With all that was assigned there. */
  remove(worker: string): void {
    this.#workers.delete(worker);
    this.#leaving.delete(worker);
    for (const { id, worker: of } of [...this.#assignments.values()]) if (of === worker) this.#forget(id);
  }

  /**
   * A job wants so many slots from now on.
   * @returns assignments to be given back: it has more than it wants. Whole ones only, so it may keep more than that.
   */
  want(job: string, slots: number): readonly SlotAssignment[] {
    this.#wanted.set(job, slots);
    let surplus = this.held(job) - slots;
    const released: SlotAssignment[] = [];
    // The youngest first: a job that grew and shrinks is where it was.
    for (const assignment of this.#of(job).reverse()) {
      if (assignment.slots > surplus) continue;
      surplus -= assignment.slots;
      this.#releasing.add(assignment.id);
      released.push(assignment);
    }
    return released;
  }

  /** The job has ended. @returns its assignments, to be given back */
  withdraw(job: string): readonly SlotAssignment[] {
    const released = this.want(job, 0);
    this.#wanted.delete(job);
    return released;
  }

  /** Whether the job could have so many slots: its own that stay, and what is nobody's. */
  hasRoom(job: string, slots: number): boolean {
    return this.staying(job) + this.free >= slots;
  }

  /** How many slots are the job's, of workers that stay. */
  staying(job: string): number {
    return sumOf(this.#of(job).filter(({ worker }) => !this.#leaving.has(worker)));
  }

  /**
   * Gives the job so many slots in the place of those that it has, which its workers must have given back before they use
   * them again. Its own may be among them.
   */
  exchange(job: string, slots: number): Exchanged {
    invariant(this.hasRoom(job, slots), `there are ${slots} slots for ${job}`);
    const released = this.#of(job);
    const room = new Map(this.#freeSlots());
    for (const { id, worker, slots: own } of released) {
      this.#releasing.add(id);
      if (!this.#leaving.has(worker)) room.set(worker, (room.get(worker) ?? 0) + own);
    }
    this.#wanted.set(job, slots);
    return { released, assigned: this.#assign(job, slots, [...room]) };
  }

  /** Nothing of the job runs there any more, whether it was to be given back or not. */
  released(id: number): void {
    this.#forget(id);
  }

  /** @returns what is new */
  allocate(): readonly SlotAssignment[] {
    return [...this.#wanted.keys()].flatMap((job) => this.#serve(job, this.missing(job)));
  }

  /** How many slots the job has not got. */
  missing(job: string): number {
    return Math.max(0, (this.#wanted.get(job) ?? 0) - this.held(job));
  }

  /** How many slots are the job's, without those that it gives back. */
  held(job: string): number {
    return sumOf(this.#of(job));
  }

  /** How many slots are nobody's. */
  get free(): number {
    return this.#freeSlots().reduce((sum, [, slots]) => sum + slots, 0);
  }

  /** Slots by worker, also those that are assigned. */
  workers(): ReadonlyMap<string, number> {
    return this.#workers;
  }

  assignments(): readonly SlotAssignment[] {
    return [...this.#assignments.values()];
  }

  #serve(job: string, missing: number): readonly SlotAssignment[] {
    const free = this.#freeSlots();
    if (missing === 0 || free.reduce((sum, [, slots]) => sum + slots, 0) < missing) return [];
    return this.#assign(job, missing, free);
  }

  /** @param room of workers: enough */
  #assign(job: string, count: number, room: [worker: string, slots: number][]): readonly SlotAssignment[] {
    const assigned: SlotAssignment[] = [];
    let open = count;
    // Few workers, those with most room first: what passes between slots of one process costs least.
    for (const [worker, slots] of room.sort(([, left], [, right]) => right - left)) {
      if (open === 0) break;
      const assignment = { id: this.#next++, worker, job, slots: Math.min(slots, open) };
      this.#assignments.set(assignment.id, assignment);
      assigned.push(assignment);
      open -= assignment.slots;
    }
    return assigned;
  }

  #freeSlots(): [worker: string, slots: number][] {
    const free = new Map(this.#workers);
    for (const { worker, slots } of this.#assignments.values()) free.set(worker, (free.get(worker) ?? 0) - slots);
    return [...free].filter(([worker, slots]) => slots > 0 && !this.#leaving.has(worker));
  }

  /** What is the job's and stays so. */
  #of(job: string): SlotAssignment[] {
    return [...this.#assignments.values()].filter((one) => one.job === job && !this.#releasing.has(one.id));
  }

  #forget(id: number): void {
    this.#assignments.delete(id);
    this.#releasing.delete(id);
  }
}

function sumOf(assignments: readonly SlotAssignment[]): number {
  return assignments.reduce((sum, { slots }) => sum + slots, 0);
}
