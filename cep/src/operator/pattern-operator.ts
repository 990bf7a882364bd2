/**
 * The pattern operator: puts the events of all keys in order, advances time, and runs every rule over every key.
 *
 * Synchronous, without I/O or a clock. It owns the event buffer, the timers and the watermark; the state of keys belongs to
 * the MatchStore. Invariants: events of a key are processed by rising timestamp, those of one timestamp by arrival (or the
 * comparator); before an event is processed, all windows of its key that ended by its timestamp have run out.
 */
import { KeyMatcher } from '../matcher/key-matcher.js';
import type { KeyState } from '../matcher/key-state.js';
import type { PatternOutput } from '../matcher/match.js';
import { TimeOrigin } from '../matcher/time-origin.js';
import { EventBuffer } from './event-buffer.js';
import { FlinkTimekeeper } from './flink-timekeeper.js';
import { HeapMatchStore, PREFETCHED, type MatchStore } from './match-store.js';
import type { DueKey, OperatorCounters, PatternOperatorOptions, WaitingEvent } from './options.js';
import type { PatternSet } from './pattern-set.js';
import { PromptTimekeeper } from './prompt-timekeeper.js';
import type { Timekeeper, Turns } from './timekeeper.js';

export class PatternOperator<K, E> {
  readonly counters: OperatorCounters = { processed: 0, late: 0, matches: 0, timeouts: 0 };
  readonly #output: PatternOutput<K, E>;
  readonly #store: MatchStore<K, E>;
  readonly #matcher: KeyMatcher<K, E>;
  readonly #buffer: EventBuffer<K, E>;
  readonly #timekeeper: Timekeeper<K, E>;
  readonly #turns: Turns<K, E>;
  readonly #isProcessingTime: boolean;
  readonly #isBuffered: boolean;
  readonly #windowsEndApart: boolean;
  readonly #origin: TimeOrigin;
  /** Keys of states to be prefetched; scratch space. */
  readonly #wanted: (K | undefined)[] = [];
  #watermark = -Infinity;

  constructor(set: PatternSet<E>, options: PatternOperatorOptions<K, E>) {
    const { output, comparator, store = new HeapMatchStore<K, E>(), origin = new TimeOrigin() } = options;
    this.#origin = origin;
    this.#output = output;
    this.#store = store;
    this.#isProcessingTime = options.time === 'processing';
    this.#windowsEndApart = options.windowsEndApart ?? false;
    this.#isBuffered = !this.#isProcessingTime || comparator !== undefined;
    this.#buffer = new EventBuffer<K, E>(comparator);
    this.#timekeeper =
      options.gapTimeouts === 'on-next-event'
        ? new FlinkTimekeeper<K, E>((key) => store.get(key), this.#origin, this.#isProcessingTime ? 1 : 0)
        : new PromptTimekeeper<K, E>(store, this.#windowsEndApart);
    this.#matcher = new KeyMatcher<K, E>(set, this.#origin, this.#counted(output), this.#timekeeper.onSeen);
    this.#turns = {
      offer: (key, event, timestamp) => this.#offer(key, event, timestamp),
      offerBuffered: (count) => this.#offerBuffered(count),
      advanceKey: (key, state, rule, now) => this.#advanceKey(key, state, rule, now),
    };
  }

  /** The time up to which all is decided: the last watermark or, in processing time, the clock. */
  get watermark(): number {
    return this.#watermark;
  }

  /**
   * Events that wait for time to pass them: with the store's states, all that the operator holds. They come in an order in
   * which another operator may be given them by `restore`.
   */
  *waiting(): Generator<WaitingEvent<K, E>> {
    for (const { keys, events, timestamps, start, end } of this.#buffer.runs()) {
      for (let index = start; index < end; index++) {
        const timestamp = this.#origin.timestamp(timestamps[index] as number);
        yield { key: keys[index] as K, event: events[index] as E, timestamp };
      }
    }
  }

  /**
   * Takes over from operators that saw their last event before: to be called once, before the first event, with a store
   * that has their states. No time has passed then: of what comes now nothing is late before the first watermark.
   *
   * @param waiting what they gave out, those of one key in the order of one operator
   * @param dues of each key with a state: the `due` of its plain state
   */
  restore(waiting: Iterable<WaitingEvent<K, E>>, dues: Iterable<DueKey<K>>): void {
    for (const { key, event, timestamp } of waiting) this.#buffer.add(key, event, this.#origin.offset(timestamp));
    const timers = [...dues].filter(({ due }) => due < Infinity).sort((left, right) => left.due - right.due);
    for (const { key, due } of timers) this.#timekeeper.schedule(key, this.#origin.offset(due));
  }

  /** Takes an event. In event time it has no effect before a watermark passes it; in processing time `timestamp` is the clock. */
  process(key: K, event: E, timestamp: number): void {
    this.counters.processed++;
    if (this.#isProcessingTime) {
      this.#processOnArrival(key, event, timestamp);
    } else if (timestamp > this.#watermark) {
      this.#buffer.add(key, event, this.#origin.offset(timestamp));
    } else {
      this.counters.late++;
      this.#output.late(key, event, timestamp);
    }
  }

  /** Advances time: to a watermark, or to the clock in processing time. A time that is not later than the last has no effect. */
  advance(time: number): void {
    if (!(time > this.#watermark)) return;
    this.#watermark = time;
    // A clock that shows an event's time may still bring more events of that time; a watermark may not.
    const complete = this.#isProcessingTime ? time - 1 : time;
    this.#timekeeper.pass(this.#origin.offset(complete), this.#origin.offset(time), this.#buffer, this.#turns);
  }

  #processOnArrival(key: K, event: E, now: number): void {
    this.advance(now);
    const time = this.#origin.offset(this.#watermark);
    if (this.#isBuffered) {
      this.#buffer.add(key, event, time);
    } else {
      this.#offer(key, event, time);
      this.#timekeeper.seenAlone();
    }
  }

  #offerBuffered(count: number): void {
    const { keys, events, timestamps, start } = this.#buffer.due;
    const end = start + count;
    let fetched = this.#store.prefetch === undefined ? end : start;
    for (let index = start; index < end; index++) {
      if (index === fetched) fetched = this.#prefetchFor(index, Math.min(end, index + PREFETCHED));
      this.#offer(keys[index] as K, events[index] as E, timestamps[index] as number);
    }
  }

  /** Lets the store read at once the states that buffered events need. Returns `end`. */
  #prefetchFor(start: number, end: number): number {
    const { keys, events } = this.#buffer.due;
    const wanted = this.#wanted;
    let count = 0;
    for (let index = start; index < end; index++)
      if (this.#matcher.willMatter(events[index] as E)) wanted[count++] = keys[index];
    this.#store.prefetch?.(wanted, count);
    return end;
  }

  #offer(key: K, event: E, timestamp: number): void {
    if (!this.#matcher.begin(event, timestamp)) return;
    const store = this.#store;
    let before = store.isEmpty ? undefined : store.get(key);
    if (this.#windowsEndApart && before !== undefined) before = this.#runOut(key, before, timestamp);
    const due = before === undefined ? undefined : before.due;
    const after = this.#matcher.process(key, before);
    if (after !== undefined) this.#save(key, after, due, before === undefined);
  }

  /** Each window of the key that has ended by `time` at its own end, as if a watermark had come then. */
  #runOut(key: K, state: KeyState<E>, time: number): KeyState<E> | undefined {
    while (state.live > 0 && state.due !== undefined && state.due <= time)
      this.#advanceKey(key, state, undefined, state.due);
    return state.live > 0 ? state : undefined;
  }

  #advanceKey(key: K, state: KeyState<E>, rule: number | undefined, now: number): void {
    const { due } = state;
    this.#matcher.advance(key, state, now, rule);
    this.#save(key, state, due, false);
  }

  /** `due` is what it was before. */
  #save(key: K, state: KeyState<E>, due: number | undefined, isNew: boolean): void {
    const isRescheduled = state.due !== due;
    if (isRescheduled && state.due !== undefined) this.#timekeeper.schedule(key, state.due);
    if (!this.#matcher.isChanged && !isRescheduled) return;
    if (isNew) {
      if (state.live > 0) this.#store.put(key, state);
    } else if (state.live > 0) {
      this.#store.changed(key, state);
    } else {
      this.#store.delete(key);
    }
  }

  #counted(output: PatternOutput<K, E>): PatternOutput<K, E> {
    const { counters } = this;
    return {
      match: (match) => {
        counters.matches++;
        output.match(match);
      },
      timeout: (timeout) => {
        counters.timeouts++;
        output.timeout(timeout);
      },
      late: (key, event, timestamp) => output.late(key, event, timestamp),
    };
  }
}
