/**
 * Ends a thread that keeps more memory than it may: what lies outside of its heap, as Buffers do, Node bounds for nobody.
 *
 * Invariants
 * - Garbage ends no thread: it is collected before what is kept is judged.
 * - As a collection stops the thread, there is one only when an eighth of the bound has come since the last. So that much may be
 *   taken beyond it, and what one handler takes without a pause is seen when it is done.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const SLACK = 1 / 8;
/** Between looks while nothing is handled. */
const LOOK_MS = 250;
/** Handled between looks. */
const LOOK_MESSAGES = 64;

export class MemoryBound {
  #messages = 0;
  #collectsAt: number;
  #collect: (() => void) | undefined;

  /** @param exceeded called with the bytes that are kept; does not return */
  constructor(
    private readonly bytesMax: number,
    private readonly exceeded: (bytes: number) => never,
  ) {
    this.#collectsAt = bytesMax;
    setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** Before each message. @returns whether it is time to look */
  isDue(): boolean {
    return ++this.#messages >= LOOK_MESSAGES;
  }

  look(): void {
    this.#messages = 0;
    const { bytesMax } = this;
    const { external_memory: outside, used_heap_size: heap } = getHeapStatistics();
    // The heap alone is bounded by Node.
    if (outside < bytesMax * SLACK || outside + heap <= this.#collectsAt) return;
    const kept = this.#kept();
    if (kept > bytesMax) this.exceeded(kept);
    this.#collectsAt = Math.max(bytesMax, kept + bytesMax * SLACK);
  }

  #kept(): number {
    const collect = (this.#collect ??= collector());
    // What the first one frees outside of the heap counts only from the second on.
    collect();
    collect();
    const { external_memory: outside, used_heap_size: heap } = getHeapStatistics();
    return outside + heap;
  }
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  return collect;
}
