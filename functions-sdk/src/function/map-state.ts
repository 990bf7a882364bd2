/** State that is a map, of which a call brings only the keys that the function reads. */
import { PAGE_ENTRIES_MAX } from '../wire/state-parts.js';
import type { StateMutation } from '../wire/messages.js';
import { isWellFormed } from '../wire/well-formed-text.js';
import { FunctionError } from './function-error.js';
import type { StateParts } from './state-parts.js';

/**
 * What `context.state.NAME` is for a map. A key that was not brought ends the handler, which is run again with it: read before
 * you do what cannot be repeated.
 */
export interface MapState<T> {
  get(key: string): T | undefined;
  /** The values of several keys, in the order of the keys, brought with one call. */
  getAll(keys: readonly string[]): (T | undefined)[];
  has(key: string): boolean;
  set(key: string, value: T): void;
  delete(key: string): void;
  clear(): void;
  /**
   * A part of the entries, in the order of the keys' bytes in UTF-8.
   * @param options `after`: those behind this key; `limit`: at most so many, 100 unless told, 1000 at most
   */
  entries(options?: {
    readonly after?: string;
    readonly limit?: number;
  }): readonly (readonly [key: string, value: T])[];
}

const DEFAULT_LIMIT = 100;

export class PartialMap<T> implements MapState<T> {
  constructor(readonly parts: StateParts) {}

  get(key: string): T | undefined {
    return this.parts.get(checked(key)) as T | undefined;
  }

  getAll(keys: readonly string[]): (T | undefined)[] {
    return this.parts.all(keys.map(checked)) as (T | undefined)[];
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  set(key: string, value: T): void {
    if (value === undefined)
      throw new TypeError(`the map ${this.parts.state} keeps no undefined: delete(${JSON.stringify(key)})`);
    this.parts.set(checked(key), value);
  }

  delete(key: string): void {
    this.parts.set(checked(key), undefined);
  }

  clear(): void {
    this.parts.clear();
  }

  entries({
    after = '',
    limit = DEFAULT_LIMIT,
  }: { readonly after?: string; readonly limit?: number } = {}): readonly (readonly [string, T])[] {
    if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_ENTRIES_MAX)
      throw new RangeError(`a page has 1 to ${PAGE_ENTRIES_MAX} entries, and not ${limit}`);
    if (after !== '') checked(after);
    const found: (readonly [string, unknown])[] = [];
    // What was deleted meanwhile leaves room for more.
    for (let from: string | undefined = after; from !== undefined && found.length < limit;) {
      const { entries, next } = this.parts.page(from, limit);
      found.push(...entries);
      from = next;
    }
    return found.slice(0, limit) as (readonly [string, T])[];
  }

  /** For who runs the function. */
  mutations(): StateMutation[] {
    return this.parts.mutations(undefined);
  }
}

function checked(key: string): string {
  if (typeof key !== 'string' || key === '') throw new TypeError('a key of a map is a text that is not empty');
  if (!isWellFormed(key))
    throw new FunctionError(
      'invalid-effect',
      `the key ${JSON.stringify(key)} has half of a surrogate pair, which cannot be sent`,
    );
  return key;
}
