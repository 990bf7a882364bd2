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

  schedule(key: K, due: number): void {
    this.#timers.add(due, key);
  }

  pass(complete: number, now: number, buffer: EventBuffer<K, E>, turns: Turns<K, E>): void {
    const count = buffer.ready(complete);
    turns.offerBuffered(count);
    buffer.discard(count);
    const timers = this.#timers;
    for (let next = timers.next; next <= now && next < Infinity; next = timers.next) {
      const key = timers.take();
      const state = this.#stateOf(key);
      // A timer of windows that have gone is void: the first of those that the key has now has a timer of its own.
      if (state === undefined || state.due !== next) continue;
      turns.advanceKey(key, state, undefined, this.#windowsEndApart ? next : now);
    }
  }
}
