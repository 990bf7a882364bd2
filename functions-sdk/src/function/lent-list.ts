/** A list as one handler has it. What the handler leaves running finds it closed, instead of changing what nobody keeps. */
import type { ListState, PartialList } from './list-state.js';

export class LentList<T> implements ListState<T> {
  readonly #list: PartialList<T>;
  readonly #holder: object;

  /** @param holder whom the state is lent to */
  constructor(list: PartialList<T>, holder: object) {
    this.#list = list;
    this.#holder = holder;
  }

  get length(): number {
    return this.#open().length;
  }

  at(index: number): T | undefined {
    return this.#open().at(index);
  }

  slice(start?: number, end?: number): T[] {
    return this.#open().slice(start, end);
  }

  push(...values: T[]): void {
    this.#open().push(...values);
  }

  set(index: number, value: T): void {
    this.#open().set(index, value);
  }

  dropFirst(count: number): void {
    this.#open().dropFirst(count);
  }

  clear(): void {
    this.#open().clear();
  }

  #open(): PartialList<T> {
    this.#list.parts.requireHeldBy(this.#holder);
    return this.#list;
  }
}
