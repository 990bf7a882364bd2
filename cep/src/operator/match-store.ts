/**
 * Keyed state, as the engine asks for it from its host.
 *
 * The engine reads a key's state once an event and changes it in place, saying so. A state without runs ("vacant") means the
 * same as none; a store may keep it for a while, and give it again when the key comes back.
 */
import type { KeyState } from '../matcher/key-state.js';

export interface MatchStore<K, E> {
  get(key: K): KeyState<E> | undefined;
  /** The key has its first runs. The state is new, or the vacant one that `get` gave. */
  put(key: K, state: KeyState<E>): void;
  /** The state that `get` gave was changed in place. */
  changed(key: K, state: KeyState<E>): void;
  /** The key's last run is gone. */
  remove(key: K, state: KeyState<E>): void;
  /** Number of states kept; 0 lets the engine skip the look-up. */
  readonly size: number;
}

/** Vacant states are kept until there are more of them than this, and than others. */
const MIN_SWEEP = 1024;

/**
 * Keeps all state in memory. Keys are compared as a Map does. Vacant states are swept together: keys come and go often,
 * and to delete and add one each time costs more than all the rest of an event.
 */
export class HeapMatchStore<K, E> implements MatchStore<K, E> {
  readonly #states = new Map<K, KeyState<E>>();
  #vacant = 0;

  get(key: K): KeyState<E> | undefined {
    return this.#states.get(key);
  }

  put(key: K, state: KeyState<E>): void {
    if (!state.isVacant) {
      this.#states.set(key, state);
    } else {
      state.isVacant = false;
      this.#vacant--;
    }
  }

  changed(): void {}

  remove(_key: K, state: KeyState<E>): void {
    state.isVacant = true;
    this.#vacant++;
    if (this.#vacant > MIN_SWEEP && this.#vacant * 2 > this.#states.size) this.#sweep();
  }

  get size(): number {
    return this.#states.size;
  }

  /** Number of keys with runs. */
  get liveKeys(): number {
    return this.#states.size - this.#vacant;
  }

  #sweep(): void {
    for (const [key, state] of this.#states) {
      if (!state.isVacant) continue;
      state.isVacant = false;
      this.#states.delete(key);
    }
    this.#vacant = 0;
  }
}
