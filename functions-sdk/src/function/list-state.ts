/**
 * State that is a list, of which a call brings only the elements that the function reads, and takes back only those that it
 * has appended or changed.
 *
 * Invariants
 * - An element keeps its number for good, and the collection itself has which there are (see `list-extent.ts`): taking from the
 *   front moves nothing.
 * - Reading all elements one by one takes about as many calls as their number has binary digits.
 */
import { listExtentValue, readListExtent, type ListExtent } from '../wire/list-extent.js';
import type { PersistedValue, StateMutation } from '../wire/messages.js';
import { shown } from '../types/value-type.js';
import { MissingPart } from './brought-parts.js';
import type { StateParts } from './state-parts.js';

/**
 * What `context.state.NAME` is for a list. As with maps, a handler that reads what was not brought is run again with it. Places and
 * counts are whole numbers, and a RangeError says so.
 */
export interface ListState<T> {
  readonly length: number;
  /** Negative: from the end. */
  at(index: number): T | undefined;
  /** As of an array: from `start` to before `end`, all unless told. Bring a part of what may be long. */
  slice(start?: number, end?: number): T[];
  push(...values: T[]): void;
  set(index: number, value: T): void;
  /** Takes so many from the front, without reading them; all if there are no more, and none where it is less than 1. */
  dropFirst(count: number): void;
  clear(): void;
}

/** So many elements are asked for ahead at most. */
const AHEAD_MAX = 1024;
const NOTHING: ListExtent = { first: 0, next: 0 };

export class PartialList<T> implements ListState<T> {
  #first: number;
  #next: number;
  /** Undefined: nothing was ever kept. */
  readonly #stored: ListExtent | undefined;

  constructor(
    readonly parts: StateParts,
    own: PersistedValue,
  ) {
    this.#stored = readListExtent(own.value);
    const { first, next } = this.#stored ?? NOTHING;
    this.#first = first;
    this.#next = next;
  }

  get length(): number {
    return this.#next - this.#first;
  }

  at(index: number): T | undefined {
    const number = this.#numberOf(index);
    if (number === undefined) return undefined;
    try {
      return this.parts.get(String(number)) as T;
    } catch (error) {
      if (error instanceof MissingPart) this.#wantAhead(number);
      throw error;
    }
  }

  slice(start = 0, end = this.length): T[] {
    this.#requirePlace(start);
    this.#requirePlace(end);
    const place = (index: number): number =>
      Math.min(this.length, Math.max(0, index < 0 ? this.length + index : index));
    const [from, to] = [place(start), place(end)];
    return this.parts.all(
      Array.from({ length: Math.max(0, to - from) }, (_, i) => String(this.#first + from + i)),
    ) as T[];
  }

  push(...values: T[]): void {
    for (const value of values) {
      if (value === undefined) throw new TypeError(`the list ${this.parts.state} keeps no undefined`);
      this.parts.set(String(this.#next++), value);
    }
  }

  set(index: number, value: T): void {
    const number = this.#numberOf(index);
    if (number === undefined)
      throw new RangeError(`the list ${this.parts.state} has no element ${index}: it has ${this.length}`);
    if (value === undefined) throw new TypeError(`the list ${this.parts.state} keeps no undefined`);
    this.parts.set(String(number), value);
  }

  dropFirst(count: number): void {
    this.#requirePlace(count);
    for (let left = Math.min(count, this.length); left > 0; left--) this.parts.set(String(this.#first++), undefined);
  }

  clear(): void {
    this.parts.clear();
    this.#first = 0;
    this.#next = 0;
  }

  /** For who runs the function. */
  mutations(): StateMutation[] {
    const { first, next } = this.#stored ?? NOTHING;
    const isSame = this.parts.isCleared ? this.length === 0 : this.#first === first && this.#next === next;
    const value = listExtentValue({ first: this.#first, next: this.#next });
    return this.parts.mutations(isSame ? undefined : { name: this.parts.state, value });
  }

  #numberOf(index: number): number | undefined {
    this.#requirePlace(index);
    const number = index < 0 ? this.#next + index : this.#first + index;
    return number >= this.#first && number < this.#next ? number : undefined;
  }

  /**
   * Who reads one element after the other is brought twice as many with each call: as many further ones as are there up to this
   * one, in the same direction.
   */
  #wantAhead(number: number): void {
    const [below, above] = [this.#broughtFrom(number, -1), this.#broughtFrom(number, 1)];
    const step = below >= above ? 1 : -1;
    for (
      let left = Math.min(Math.max(below, above), this.parts.room), at = number + step;
      left > 0;
      left--, at += step
    ) {
      if (at < this.#first || at >= this.#next) return;
      if (!this.parts.has(String(at))) this.parts.want(String(at));
    }
  }

  #broughtFrom(number: number, step: 1 | -1): number {
    let count = 0;
    while (count < AHEAD_MAX && this.parts.has(String(number + step * (count + 1)))) count++;
    return count;
  }

  /** What is infinite is beyond the end, as it is of an array. */
  #requirePlace(place: number): void {
    if (!Number.isInteger(place) && Math.abs(place) !== Infinity)
      throw new RangeError(`the list ${this.parts.state} has places that are whole numbers; got ${shown(place)}`);
  }
}
