/** Looks at a key as soon as time has passed the end of one of its windows. */
import type { KeyState } from '../matcher/key-state.js';
import type { EventBuffer } from './event-buffer.js';
import { PREFETCHED, type MatchStore } from './match-store.js';
import { TimerQueue } from './timer-queue.js';
import type { Timekeeper, Turns } from './timekeeper.js';

export class PromptTimekeeper<K, E> implements Timekeeper<K, E> {
  readonly onSeen = undefined;
  readonly #timers = new TimerQueue<K>();
  readonly #stateOf: (key: K) => KeyState<E> | undefined;

  readonly #windowsEndApart: boolean;
  readonly #prefetch: MatchStore<K, E>['prefetch'];

  constructor(store: MatchStore<K, E>, windowsEndApart: boolean) {
    this.#stateOf = (key) => store.get(key);
    this.#windowsEndApart = windowsEndApart;
    this.#prefetch = store.prefetch === undefined ? undefined : (keys, count) => store.prefetch?.(keys, count);
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
      if (this.#prefetch !== undefined) this.#passMany(now, this.#prefetch, turns);
      else this.#fire(timers.take(), next, now, turns);
    }
  }

  /** Keys share nothing, so timers that are set meanwhile may wait until these have had their turn. */
  #passMany(now: number, prefetch: NonNullable<MatchStore<K, E>['prefetch']>, turns: Turns<K, E>): void {
    const timers = this.#timers;
    const [keys, times]: [K[], number[]] = [[], []];
    for (let next = timers.next; next <= now && next < Infinity && keys.length < PREFETCHED; next = timers.next) {
      times.push(next);
      keys.push(timers.take());
    }
    prefetch(keys, keys.length);
    keys.forEach((key, index) => this.#fire(key, times[index] as number, now, turns));
  }

  #fire(key: K, time: number, now: number, turns: Turns<K, E>): void {
    const state = this.#stateOf(key);
    // A timer of windows that have gone is void: the first of those that the key has now has a timer of its own.
    if (state === undefined || state.due !== time) return;
    turns.advanceKey(key, state, undefined, this.#windowsEndApart ? time : now);
  }
}
