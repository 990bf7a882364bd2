/**
 * Looks at a key when Apache Flink does: after it has seen events, and at timers. A timer is set only for a window from the
 * first event, only by an event that begins a run at a time after 0, and by each later event of that turn.
 * Keys have their turns in the order of their first event or timer, and a turn ends with the key's time at `now`.
 */
import type { Rule } from '../matcher/rule.js';
import { TimerQueue } from './timer-queue.js';
import type { Timekeeper, Turns } from './timekeeper.js';

interface Turn<E> {
  readonly events: { readonly event: E; readonly timestamp: number }[];
  /** Rules that a timer is for. */
  readonly rules: Set<number>;
}

export class FlinkTimekeeper<K, E> implements Timekeeper<K, E> {
  readonly #timers = new TimerQueue<{ readonly key: K; readonly rule: number }>();
  /** Rules that have seen an event in this turn, and those of them with a new run. */
  readonly #seen = new Set<number>();
  readonly #started = new Set<number>();

  /** `delay`: from the end of a window to its timer, in ms. */
  constructor(
    private readonly turns: Turns<K, E>,
    private readonly delay: number,
  ) {}

  seen(key: K, { index: rule, window }: Rule<E>, timestamp: number, hasStarted: boolean): void {
    this.#seen.add(rule);
    if (hasStarted && timestamp > 0) this.#started.add(rule);
    if (window < Infinity && this.#started.has(rule)) this.#timers.add(timestamp + window + this.delay, { key, rule });
  }

  seenAlone(): void {
    this.#seen.clear();
    this.#started.clear();
  }

  schedule(): void {}

  pass(complete: number, now: number): void {
    for (const [key, turn] of this.#order(complete, now)) {
      this.seenAlone();
      for (const { event, timestamp } of turn.events) this.turns.offer(key, event, timestamp);
      for (const rule of new Set([...this.#seen, ...turn.rules])) this.turns.advanceKey(key, rule, now);
    }
    // Timers that were set and came due in these turns have nothing left to do.
    while (this.#timers.take(now) !== undefined);
  }

  #order(complete: number, now: number): Map<K, Turn<E>> {
    const calls: { time: number; key: K; join: (turn: Turn<E>) => void }[] = [];
    this.turns.drain(complete, (key, event, timestamp) => {
      calls.push({ time: timestamp, key, join: (turn) => turn.events.push({ event, timestamp }) });
    });
    for (let timer = this.#timers.take(now); timer !== undefined; timer = this.#timers.take(now)) {
      const { key, rule } = timer.target;
      calls.push({ time: timer.time, key, join: (turn) => turn.rules.add(rule) });
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
