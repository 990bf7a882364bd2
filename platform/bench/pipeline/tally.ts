/** What all slots of the benchmark's job count together, in memory that their threads share. */
const SLOTS_MAX = 64;

export class Tally {
  readonly #given: BigInt64Array<SharedArrayBuffer>;
  /** A cell for each slot: doubles cannot be added atomically. */
  readonly #sums: Float64Array<SharedArrayBuffer>;

  constructor(readonly memory = new SharedArrayBuffer(8 * (SLOTS_MAX + 1))) {
    this.#given = new BigInt64Array(memory, 0, 1);
    this.#sums = new Float64Array(memory, 8, SLOTS_MAX);
  }

  /** @returns how many events the sources have given out with these */
  give(events: number): number {
    return Number(Atomics.add(this.#given, 0, BigInt(events))) + events;
  }

  /** How many events the sources have given out. */
  get given(): number {
    return Number(Atomics.load(this.#given, 0));
  }

  addCount(subtask: number, count: number): void {
    this.#sums[subtask]! += count;
  }

  /** Of all counts that were emitted: proves that each event was counted exactly once. */
  get sum(): number {
    return this.#sums.reduce((a, b) => a + b, 0);
  }
}
