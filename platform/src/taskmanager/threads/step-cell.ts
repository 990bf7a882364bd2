/**
 * What a slot is doing now, in memory that it shares with who watches it: that a step does not end can only be seen from
 * another thread.
 *
 * Invariants
 * - Only the slot writes it, at the beginning and the end of each step; a watcher may see either a little late.
 */
const CELL = { step: 0, task: 1 } as const;
const NO_TASK = -1;

export class StepCell {
  readonly #cells: Int32Array<SharedArrayBuffer>;

  static allocate(): SharedArrayBuffer {
    const memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
    new Int32Array(memory)[CELL.task] = NO_TASK;
    return memory;
  }

  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Int32Array(memory);
  }

  /** @param task position of its vertex in the job */
  begin(task: number): void {
    this.#cells[CELL.step]!++;
    this.#cells[CELL.task] = task;
  }

  end(): void {
    this.#cells[CELL.task] = NO_TASK;
  }

  /** The step that is under way: its number, and the task's. */
  now(): { readonly step: number; readonly task: number } | undefined {
    const task = Atomics.load(this.#cells, CELL.task);
    return task === NO_TASK ? undefined : { step: Atomics.load(this.#cells, CELL.step), task };
  }
}
