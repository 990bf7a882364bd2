/** A map as one handler has it. What the handler leaves running finds it closed, instead of changing what nobody keeps. */
import type { MapState, PartialMap } from './map-state.js';

export class LentMap<T> implements MapState<T> {
  readonly #map: PartialMap<T>;
  readonly #holder: object;

  /** @param holder whom the state is lent to */
  constructor(map: PartialMap<T>, holder: object) {
    this.#map = map;
    this.#holder = holder;
  }

  get(key: string): T | undefined {
    return this.#open().get(key);
  }

  getAll(keys: readonly string[]): (T | undefined)[] {
    return this.#open().getAll(keys);
  }

  has(key: string): boolean {
    return this.#open().has(key);
  }

  set(key: string, value: T): void {
    this.#open().set(key, value);
  }

  delete(key: string): void {
    this.#open().delete(key);
  }

  clear(): void {
    this.#open().clear();
  }

  entries(options?: { readonly after?: string; readonly limit?: number }): readonly (readonly [string, T])[] {
    return this.#open().entries(options);
  }

  #open(): PartialMap<T> {
    this.#map.parts.requireHeldBy(this.#holder);
    return this.#map;
  }
}
