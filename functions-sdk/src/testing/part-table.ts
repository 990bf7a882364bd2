/** The parts of one collection of one address in a test: an entry for each key. */
import { compareKeys } from '../wire/key-order.js';
import type { TypedValue } from '../wire/messages.js';
import type { PageEntry, StatePage } from '../wire/state-parts.js';

export class PartTable {
  readonly #values = new Map<string, TypedValue>();
  /** In their order; undefined: to be sorted when somebody asks. */
  #keys: readonly string[] | undefined;

  get(key: string): TypedValue | undefined {
    return this.#values.get(key);
  }

  /** @param value undefined deletes it */
  set(key: string, value: TypedValue | undefined): void {
    if (this.#values.has(key) !== (value !== undefined)) this.#keys = undefined;
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
  }

  all(): PageEntry[] {
    return this.#sorted().map((key) => this.#entry(key));
  }

  /** At most so many behind `after`. */
  page(after: string, limit: number): StatePage {
    const keys = this.#sorted();
    const first = firstBehind(keys, after);
    const entries = keys.slice(first, first + limit).map((key) => this.#entry(key));
    return { entries, isLast: first + entries.length === keys.length };
  }

  #sorted(): readonly string[] {
    return (this.#keys ??= [...this.#values.keys()].sort(compareKeys));
  }

  #entry(key: string): PageEntry {
    return { key, bytes: this.#values.get(key)!.bytes };
  }
}

/** By halves. */
function firstBehind(keys: readonly string[], after: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(keys[middle]!, after) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
