/**
 * Finds one page of a type's addresses, by and by: the ids that come next in their order, of all that there are.
 *
 * Invariants
 * - A step looks at a bounded number of keys, and what is kept is little more than the page, however many addresses there are.
 * - Where keys lie in their order, as on a disk, only those behind the last page are looked at, and no more of each run than the
 *   page can have.
 * - Addresses that come or go meanwhile are in the page or not.
 */
import { byUtf8 } from '../../common/utf8-order.js';
import type { IdRun } from '../function-state.js';
import type { FunctionTypeState } from '../function-type-state.js';

/** Far below the 10 ms for which a thread may be kept, also where keys are read from a disk. */
const KEYS_PER_STEP = 2000;
/** What beginning a run costs, in keys. */
const RUN_KEYS = 16;
const SPARE = 4;

export class AddressListing {
  readonly #looks: Iterator<void>;
  #page: string[] = [];
  /** The last one that can be in the page, once there are enough. */
  #end: string | undefined;

  /** @param after only ids behind it */
  constructor(
    type: FunctionTypeState,
    private readonly after: string | undefined,
    private readonly limit: number,
    isParked: boolean,
  ) {
    this.#looks = this.#look(isParked ? [{ ids: type.parkedIds(), isOrdered: false }] : runsOf(type, after));
  }

  /** @returns the ids of the page, and one more where there are more; undefined: it is not found yet */
  advance(): readonly string[] | undefined {
    for (let looked = 0; looked < KEYS_PER_STEP; looked++) if (this.#looks.next().done === true) return this.#cut();
    return undefined;
  }

  *#look(runs: Iterable<IdRun>): Generator<void> {
    for (const { ids, isOrdered } of runs) {
      for (let cost = 0; cost < RUN_KEYS; cost++) yield;
      for (const id of ids) {
        yield;
        if (this.#end !== undefined && byUtf8(id, this.#end) > 0) {
          if (isOrdered) break;
          continue;
        }
        if (this.after === undefined || byUtf8(id, this.after) > 0) this.#page.push(id);
        if (this.#page.length > (this.limit + 1) * SPARE) this.#page = this.#cut();
      }
      if (isOrdered) this.#page = this.#cut();
    }
  }

  #cut(): string[] {
    const page = [...new Set(this.#page)].sort(byUtf8).slice(0, this.limit + 1);
    if (page.length > this.limit) this.#end = page.at(-1);
    return page;
  }
}

function* runsOf(type: FunctionTypeState, after: string | undefined): Generator<IdRun> {
  yield { ids: type.backlog.ids(), isOrdered: false };
  yield* type.state.idRuns(after);
}
