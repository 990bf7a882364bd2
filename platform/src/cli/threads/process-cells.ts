/// <reference lib="es2024.sharedmemory" />
/**
 * Cells that all threads of the process share, so that what is counted, or said once, is so for the process.
 *
 * Invariants
 * - Every thread is given the memory that the process has allocated at its start.
 */
const PASSES = 64;

export class ProcessCells {
  /** Of failpoints, by their order in the setting. */
  readonly passes: Int32Array<SharedArrayBuffer>;
  /** Of state on the heaps of the threads. */
  readonly heapKib: Int32Array<SharedArrayBuffer>;
  readonly #isHeapSaid: Int32Array<SharedArrayBuffer>;

  constructor(readonly memory = new SharedArrayBuffer((PASSES + 2) * Int32Array.BYTES_PER_ELEMENT)) {
    this.passes = new Int32Array(memory, 0, PASSES);
    this.#isHeapSaid = new Int32Array(memory, PASSES * Int32Array.BYTES_PER_ELEMENT, 1);
    this.heapKib = new Int32Array(memory, (PASSES + 1) * Int32Array.BYTES_PER_ELEMENT, 1);
  }

  /** For who says that state is kept in memory. @returns whether nobody has said it */
  sayHeap(): boolean {
    return Atomics.exchange(this.#isHeapSaid, 0, 1) === 0;
  }
}
