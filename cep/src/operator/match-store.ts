/**
 * Keyed state, as the engine asks for it from its host.
 *
 * The engine reads a key's state once an event and changes it in place, saying so, so that a store which writes elsewhere
 * knows what is dirty. It keeps no state from one read to the next: a store may drop what it has written and make it anew.
 * A key without partial matches has no state.
 */
import type { KeyState } from '../matcher/key-state.js';

/** So many states are asked for at once: enough to share the way to a disk, few enough to be kept until they are read. */
export const PREFETCHED = 512;

export interface MatchStore<K, E> {
  get(key: K): KeyState<E> | undefined;
  /** The key had no state. */
  put(key: K, state: KeyState<E>): void;
  /** The state that `get` gave was changed in place. */
  changed(key: K, state: KeyState<E>): void;
  /** The key's last run is gone. */
  delete(key: K): void;
  /** True lets the engine skip the look-up. False is always right. */
  readonly isEmpty: boolean;
  /**
   * Says that the first `count` of these keys are about to be read: PREFETCHED at most. Absent: reading them one by one costs the
   * same, and the engine is spared to find out which they are.
   */
  prefetch?(keys: readonly (K | undefined)[], count: number): void;
}

/** Keeps all state in memory. Keys are compared as a Map does. */
export class HeapMatchStore<K, E> implements MatchStore<K, E> {
  readonly #states = new Map<K, KeyState<E>>();

  get(key: K): KeyState<E> | undefined {
    return this.#states.get(key);
  }

  put(key: K, state: KeyState<E>): void {
    this.#states.set(key, state);
  }

  changed(): void {}

  delete(key: K): void {
    this.#states.delete(key);
  }

  get isEmpty(): boolean {
    return this.#states.size === 0;
  }

  /** Number of keys with state. */
  get size(): number {
    return this.#states.size;
  }
}
