/** Looks at a key as soon as time has passed the end of one of its windows. */
import type { KeyState } from '../matcher/key-state.js';
import { TimerQueue } from './timer-queue.js';
import type { Timekeeper, Turns } from './timekeeper.js';

export class PromptTimekeeper<K, E> implements Timekeeper<K, E> {
  readonly #timers = new TimerQueue<K>();

  constructor(
    private readonly turns: Turns<K, E>,
    private readonly stateOf: (key: K) => KeyState<K, E> | undefined,
  ) {}

  seen(): void {}

  seenAlone(): void {}

  schedule(state: KeyState<K, E>): void {
    if (state.due >= state.timer) return;
    state.timer = state.due;
    this.#timers.add(state.due, state.key);
  }

  pass(complete: number, now: number): void {
    this.turns.drain(complete, (key, event, timestamp) => this.turns.offer(key, event, timestamp));
    for (let timer = this.#timers.take(now); timer !== undefined; timer = this.#timers.take(now)) {
      const state = this.stateOf(timer.target);
      // A timer set before the key's state was dropped, or before a sooner one, is void.
      if (state === undefined || state.timer !== timer.time) continue;
      state.timer = Infinity;
      this.turns.advanceKey(timer.target, undefined, now);
    }
  }
}
