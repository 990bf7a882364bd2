/**
 * The calls under way, by their number. It is in no checkpoint: what was called for is still in the backlogs.
 *
 * Invariants
 * - An answer counts once, and only for a call that is under way: one that comes twice, or too late, is dropped.
 */
export class CallTable<T> {
  readonly #underWay = new Map<number, T>();
  #last = 0;

  get size(): number {
    return this.#underWay.size;
  }

  /** @returns the call's number */
  begin(call: T): number {
    this.#underWay.set(++this.#last, call);
    return this.#last;
  }

  /** Undefined: nobody waits for the answer. */
  end(call: number): T | undefined {
    const known = this.#underWay.get(call);
    this.#underWay.delete(call);
    return known;
  }
}
