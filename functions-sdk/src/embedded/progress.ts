/**
 * Where a thread of functions is, in memory that it shares with its host: the host can read it when the thread answers
 * no more.
 *
 * Invariants
 * - The beat changes with each message that is handled, and by a timer while handlers wait for something. So a beat that
 *   stands still while there is a call means that the thread does nothing else any more.
 * - `running` names a message only while its handler, what that began, or the code round it, holds the thread.
 */

/** A message of a batch of a call, each from 0; calls by their numbers. */
export interface RunningMessage {
  readonly call: number;
  readonly batch: number;
  readonly invocation: number;
}

const [BEAT, BEGUN, CALL, BATCH, INVOCATION, KEPT_MIB, LENGTH] = [0, 1, 2, 3, 4, 5, 6];
/** Of CALL. */
const NONE = 0;

export class Progress {
  readonly #cells: Int32Array;

  /** @param memory what `Progress.memory` gave, on both sides */
  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Int32Array(memory);
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(LENGTH * Int32Array.BYTES_PER_ELEMENT);
  }

  get beat(): number {
    return Atomics.load(this.#cells, BEAT);
  }

  /** The last call that was begun; 0: none. */
  get begunCall(): number {
    return Atomics.load(this.#cells, BEGUN);
  }

  get running(): RunningMessage | undefined {
    const call = Atomics.load(this.#cells, CALL);
    if (call === NONE) return undefined;
    return { call, batch: Atomics.load(this.#cells, BATCH), invocation: Atomics.load(this.#cells, INVOCATION) };
  }

  /** Undefined: it has not ended because of its memory. */
  get keptMib(): number | undefined {
    const mib = Atomics.load(this.#cells, KEPT_MIB);
    return mib === 0 ? undefined : mib;
  }

  /** It ends, as it keeps so much. */
  keepsTooMuch(mib: number): void {
    Atomics.store(this.#cells, KEPT_MIB, mib);
  }

  beginCall(call: number): void {
    Atomics.store(this.#cells, BEGUN, call);
  }

  run(message: RunningMessage): void {
    this.name(message);
    this.tick();
  }

  rest(): void {
    this.unname();
    this.tick();
  }

  /** Without a beat. */
  name({ call, batch, invocation }: RunningMessage): void {
    Atomics.store(this.#cells, BATCH, batch);
    Atomics.store(this.#cells, INVOCATION, invocation);
    Atomics.store(this.#cells, CALL, call);
  }

  /** Without a beat. */
  unname(): void {
    Atomics.store(this.#cells, CALL, NONE);
  }

  tick(): void {
    Atomics.add(this.#cells, BEAT, 1);
  }
}
