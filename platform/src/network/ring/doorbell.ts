/// <reference lib="es2024.sharedmemory" />
/**
 * Wakes the thread that listens: one for each thread, rung by all whose channels lead to or from it.
 *
 * Invariants
 * - A ring while nobody listens is heard when listening begins again, and rings that come close together may be heard
 *   once.
 * - It does not keep the event loop alive (as `Atomics.waitAsync` does not): who listens holds a handle of its own.
 */
export interface Bell {
  ring(): void;
}

export class Doorbell implements Bell {
  readonly #cell: Int32Array;

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(4);
  }

  constructor(buffer: SharedArrayBuffer) {
    this.#cell = new Int32Array(buffer);
  }

  ring(): void {
    Atomics.add(this.#cell, 0, 1);
    Atomics.notify(this.#cell, 0);
  }

  /** @returns stops listening */
  listen(wake: () => void): () => void {
    let isListening = true;
    const hear = (heard: number): void => {
      const result = Atomics.waitAsync(this.#cell, 0, heard);
      void Promise.resolve(result.value).then(() => {
        if (!isListening) return;
        // What rings from here on is heard again, so nothing is missed between waking and waiting.
        hear(Atomics.load(this.#cell, 0));
        wake();
      });
    };
    hear(Atomics.load(this.#cell, 0));
    return () => {
      isListening = false;
    };
  }
}
