/** Looks at a key as soon as time has passed the end of one of its windows. */
import type { KeyState } from '../matcher/key-state.js';
import type { EventBuffer } from './event-buffer.js';
import { TimerQueue } from './timer-queue.js';
import type { Timekeeper, Turns } from './timekeeper.js';

export class PromptTimekeeper<K, E> implements Timekeeper<K, E> {
  readonly onSeen = undefined;
  readonly #timers = new TimerQueue<K>();
  readonly #stateOf: (key: K) => KeyState<E> | undefined;

  readonly #windowsEndApart: boolean;

  constructor(stateOf: (key: K) => KeyState<E> | undefined, windowsEndApart: boolean) {
    this.#stateOf = stateOf;
    this.#windowsEndApart = windowsEndApart;
  }

  seenAlone(): void {}

  schedule(key: K, state: KeyState<E>): void {
    if (state.due >= state.timer) return;
    state.timer = state.due;
    this.#timers.add(state.due, key);
  }

  pass(complete: number, now: number, buffer: EventBuffer<K, E>, turns: Turns<K, E>): void {
    const count = buffer.ready(complete);
    turns.offerBuffered(count);
    buffer.discard(count);
    const timers = this.#timers;
    for (let next = timers.next; next <= now && next < Infinity; next = timers.next) {
      const key = timers.take();
      const state = this.#stateOf(key);
      // A timer set before the key's state was dropped, or before a sooner one, is void.
      if (state === undefined || state.timer !== next) continue;
      state.timer = Infinity;
      turns.advanceKey(key, state, undefined, this.#windowsEndApart ? next : now);
    }
  }
}
