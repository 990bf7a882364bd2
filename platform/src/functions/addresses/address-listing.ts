/**
 * Finds one page of a type's addresses, by and by: the ids that come next in their order, of all that there are.
 *
 * Invariants
 * - A step looks at a bounded number of keys, and what is kept is little more than the page, however many addresses there are.
 * - Addresses that come or go meanwhile are in the page or not.
 */
import type { FunctionTypeState } from '../function-type-state.js';

/** Far below the 10 ms for which a thread may be kept, also where keys are read from a disk. */
const KEYS_PER_STEP = 2000;
const SPARE = 4;

export class AddressListing {
  readonly #ids: Iterator<string>;
  #page: string[] = [];

  /** @param after only ids behind it */
  constructor(
    type: FunctionTypeState,
    private readonly after: string | undefined,
    private readonly limit: number,
    isParked: boolean,
  ) {
    this.#ids = isParked ? type.parkedIds() : idsOf(type);
  }

  /** @returns the ids of the page, and one more where there are more; undefined: it is not found yet */
  advance(): readonly string[] | undefined {
    for (let looked = 0; looked < KEYS_PER_STEP; looked++) {
      const { value: id, done } = this.#ids.next();
      if (done === true) return this.#cut();
      if (this.after === undefined || id > this.after) this.#page.push(id);
      if (this.#page.length > (this.limit + 1) * SPARE) this.#page = this.#cut();
    }
    return undefined;
  }

  #cut(): string[] {
    return [...new Set(this.#page)].sort(byUnits).slice(0, this.limit + 1);
  }
}

/** An address with several states, or with messages, comes several times. */
function* idsOf(type: FunctionTypeState): Generator<string> {
  yield* type.backlog.ids();
  yield* type.state.ids();
}

function byUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
