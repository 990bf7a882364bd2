/**
 * The slots of the registered task managers, and which of them hold the job. Slots are shared: slot i holds subtask i of
 * every task, so a job needs as many slots as its widest task has subtasks.
 *
 * Invariants
 * - A slot holds at most one index, and an index at most one slot.
 * - An index keeps its slot for as long as its task manager is there, so that a restart finds its disk again.
 */
import type { SlotAddress } from '../rpc/task-execution.js';
import type { SlotAddresses } from '../rpc/task-manager.js';

export interface SlotLocation {
  readonly taskManager: string;
  readonly slot: number;
}

export class SlotPool {
  readonly #slots = new Map<string, number>();
  readonly #addresses = new Map<string, SlotAddresses>();
  readonly #assigned = new Map<number, SlotLocation>();

  register(taskManager: string, slots: number): void {
    this.#slots.set(taskManager, slots);
  }

  /** Where a task manager's slots are reached; they may move. */
  locate(taskManager: string, addresses: SlotAddresses | undefined): void {
    if (addresses !== undefined && this.#slots.has(taskManager)) this.#addresses.set(taskManager, addresses);
  }

  remove(taskManager: string): void {
    this.#slots.delete(taskManager);
    this.#addresses.delete(taskManager);
    for (const [index, location] of this.#assigned) {
      if (location.taskManager === taskManager) this.#assigned.delete(index);
    }
  }

  /**
   * Gives the indices below `count` their slots, and takes those of the others back.
   * @returns how many slots are missing; then nothing new is assigned
   */
  assign(count: number): number {
    for (const index of this.#assigned.keys()) if (index >= count) this.#assigned.delete(index);
    const open = Array.from({ length: count }, (_, index) => index).filter((index) => !this.#assigned.has(index));
    const free = this.#freeSlots();
    const missing = open.length - [...free.values()].reduce((sum, slots) => sum + slots.length, 0);
    if (missing > 0) return missing;
    for (const index of open) {
      const [taskManager, slots] = [...free].reduce((most, next) => (next[1].length > most[1].length ? next : most));
      this.#assigned.set(index, { taskManager, slot: slots.shift()! });
    }
    return 0;
  }

  location(index: number): SlotLocation | undefined {
    return this.#assigned.get(index);
  }

  /** Of the slots of all indices, in order; undefined when they are reached without. */
  addresses(): readonly SlotAddress[] | undefined {
    const addresses: SlotAddress[] = [];
    for (let index = 0; index < this.#assigned.size; index++) {
      const { taskManager, slot } = this.#assigned.get(index)!;
      const address = this.#addresses.get(taskManager)?.[slot];
      if (address === undefined) return undefined;
      addresses.push({ name: `slot ${slot} of ${taskManager}`, address });
    }
    return addresses;
  }

  /** Task managers in the order of their registration, each with its free slots. */
  #freeSlots(): Map<string, number[]> {
    const used = new Set([...this.#assigned.values()].map(({ taskManager, slot }) => `${taskManager}/${slot}`));
    return new Map(
      [...this.#slots].map(([taskManager, slots]) => [
        taskManager,
        Array.from({ length: slots }, (_, slot) => slot).filter((slot) => !used.has(`${taskManager}/${slot}`)),
      ]),
    );
  }
}
