/**
 * What a slot is doing now, in memory that it shares with who watches it: that a step does not end can only be seen from
 * another thread.
 *
 * Invariants
 * - Only the slot writes its cell, at the beginning and the end of each step; a watcher may see either a little late.
 */
const CELL = { step: 0, task: 1 } as const;
/** Each slot's cell has a cache line of its own. */
const CELL_WORDS = 16;
const NO_TASK = -1;

export class StepCell {
  readonly #words: Int32Array<SharedArrayBuffer>;

  /** @returns memory for the cells of so many slots */
  static allocate(slots: number): SharedArrayBuffer {
    const words = new Int32Array(new SharedArrayBuffer(slots * CELL_WORDS * Int32Array.BYTES_PER_ELEMENT));
    for (let slot = 0; slot < slots; slot++) words[slot * CELL_WORDS + CELL.task] = NO_TASK;
    return words.buffer;
  }

  constructor(memory: SharedArrayBuffer, slot: number) {
    this.#words = new Int32Array(memory, slot * CELL_WORDS * Int32Array.BYTES_PER_ELEMENT, CELL_WORDS);
  }

  /** @param task position of its vertex in the job */
  begin(task: number): void {
    this.#words[CELL.step]!++;
    this.#words[CELL.task] = task;
  }

  end(): void {
    this.#words[CELL.task] = NO_TASK;
  }

  /** The step that is under way: its number, and the task's. */
  now(): { readonly step: number; readonly task: number } | undefined {
    const task = Atomics.load(this.#words, CELL.task);
    return task === NO_TASK ? undefined : { step: Atomics.load(this.#words, CELL.step), task };
  }
}
