/**
 * Looks at a key when Apache Flink does: after it has seen events, and at timers. A timer is set only for a window from the
 * first event, only by an event that begins a run at a time after 0, and by each later event of that turn.
 * Keys have their turns in the order of their first event or timer, and a turn ends with the key's time at `now`.
 */
import type { KeyState } from '../matcher/key-state.js';
import type { Rule } from '../matcher/rule.js';
import type { TimeOrigin } from '../matcher/time-origin.js';
import type { EventBuffer } from './event-buffer.js';
import { TimerQueue } from './timer-queue.js';
import type { Timekeeper, Turns } from './timekeeper.js';

interface Turn<E> {
  readonly events: { readonly event: E; readonly timestamp: number }[];
  /** Rules that a timer is for. */
  readonly rules: Set<number>;
}

interface Call<K, E> {
  readonly time: number;
  readonly key: K;
  readonly join: (turn: Turn<E>) => void;
}

export class FlinkTimekeeper<K, E> implements Timekeeper<K, E> {
  readonly #timers = new TimerQueue<{ readonly key: K; readonly rule: number }>();
  /** Rules that have seen an event in this turn, and those of them with a new run. */
  readonly #seen = new Set<number>();
  readonly #started = new Set<number>();
  readonly #stateOf: (key: K) => KeyState<E> | undefined;
  readonly #origin: TimeOrigin;
  readonly #delay: number;

  /** `delay`: from the end of a window to its timer, in ms. */
  constructor(stateOf: (key: K) => KeyState<E> | undefined, origin: TimeOrigin, delay: number) {
    this.#stateOf = stateOf;
    this.#origin = origin;
    this.#delay = delay;
  }

  readonly onSeen = (key: K, { index: rule, window }: Rule<E>, timestamp: number, hasStarted: boolean): void => {
    this.#seen.add(rule);
    if (hasStarted && this.#origin.timestamp(timestamp) > 0) this.#started.add(rule);
    if (window < Infinity && this.#started.has(rule)) this.#timers.add(timestamp + window + this.#delay, { key, rule });
  };

  seenAlone(): void {
    this.#seen.clear();
    this.#started.clear();
  }

  schedule(): void {}

  pass(complete: number, now: number, buffer: EventBuffer<K, E>, { offer, advanceKey }: Turns<K, E>): void {
    for (const [key, turn] of this.#order(complete, now, buffer)) {
      this.seenAlone();
      for (const { event, timestamp } of turn.events) offer(key, event, timestamp);
      for (const rule of new Set([...this.#seen, ...turn.rules])) {
        const state = this.#stateOf(key);
        if (state !== undefined) advanceKey(key, state, rule, now);
      }
    }
    // Timers that were set and came due in these turns have nothing left to do.
    while (this.#timers.next <= now && this.#timers.next < Infinity) this.#timers.take();
  }

  #order(complete: number, now: number, buffer: EventBuffer<K, E>): Map<K, Turn<E>> {
    const calls: Call<K, E>[] = [];
    const count = buffer.ready(complete);
    const { keys, events, timestamps, start } = buffer.due;
    for (let index = start; index < start + count; index++) {
      const event = events[index] as E;
      const timestamp = timestamps[index] as number;
      calls.push({ time: timestamp, key: keys[index] as K, join: (turn) => turn.events.push({ event, timestamp }) });
    }
    buffer.discard(count);
    while (this.#timers.next <= now && this.#timers.next < Infinity) {
      const time = this.#timers.next;
      const target = this.#timers.take();
      calls.push({ time, key: target.key, join: (turn) => turn.rules.add(target.rule) });
    }
    const turns = new Map<K, Turn<E>>();
    for (const { key, join } of calls.sort((left, right) => left.time - right.time)) {
      let turn = turns.get(key);
      if (turn === undefined) turns.set(key, (turn = { events: [], rules: new Set() }));
      join(turn);
    }
    return turns;
  }
}
