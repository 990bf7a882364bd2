/**
 * What the state of a process's stores may take in memory, all of them together: a count that they keep in one cell, which
 * the threads of the process share.
 *
 * Invariants
 * - A store counts as it says that it is now, by its estimate of a few entries, and no longer when it is closed.
 * - What does not fit any more is said before the process runs out of memory, which nobody could explain.
 */
import { TidegateError } from '../../common/errors.js';

const KIB = 1024;
const MIB_KIB = 1024;

export class HeapBudget {
  /** @param heldKib a cell for KiB, at 0 when the process starts */
  constructor(
    private readonly limitBytes: number,
    private readonly heldKib: Int32Array = new Int32Array(1),
  ) {}

  /** For one store. */
  share(): HeapShare {
    return new HeapShare((kib) => this.#change(kib));
  }

  #change(kib: number): void {
    const held = Atomics.add(this.heldKib, 0, kib) + kib;
    if (kib <= 0 || held * KIB <= this.limitBytes) return;
    const [mebibytes, limit] = [Math.ceil(held / MIB_KIB), Math.floor(this.limitBytes / KIB / MIB_KIB)];
    throw new TidegateError(
      'TG427',
      `the state takes about ${mebibytes} MiB of memory, and settings.memory.state is ${limit} MiB. Raise it, or keep the ` +
        'state on disk with settings.state.backend: rocksdb; a savepoint brings it there.',
    );
  }
}

export class HeapShare {
  #kib = 0;

  constructor(private readonly change: (kib: number) => void) {}

  /** The store takes so much now. @throws TidegateError TG427 when it is more than there is */
  set(bytes: number): void {
    const before = this.#kib;
    this.#kib = Math.round(bytes / KIB);
    this.change(this.#kib - before);
  }
}
