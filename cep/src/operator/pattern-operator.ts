/**
 * The pattern operator: puts the events of all keys in order, advances time, and runs every rule over every key.
 *
 * Synchronous, without I/O or a clock. It owns the event buffer, the timers and the watermark; the state of keys belongs to
 * the MatchStore. Invariants: events of a key are processed by rising timestamp, those of one timestamp by arrival (or the
 * comparator); before an event is processed, all windows of its key that ended by its timestamp have run out.
 */
import { EventFacts } from '../matcher/event-facts.js';
import { KeyState, type RuleState } from '../matcher/key-state.js';
import type { PatternOutput } from '../matcher/match.js';
import { RuleMatcher } from '../matcher/rule-matcher.js';
import { EventBuffer } from './event-buffer.js';
import { FlinkTimekeeper } from './flink-timekeeper.js';
import { HeapMatchStore, type MatchStore } from './match-store.js';
import type { OperatorCounters, PatternOperatorOptions } from './options.js';
import type { PatternSet } from './pattern-set.js';
import { PromptTimekeeper } from './prompt-timekeeper.js';
import type { Timekeeper } from './timekeeper.js';

const NO_STAGES: readonly string[] = [];

export class PatternOperator<K, E> {
  readonly counters: OperatorCounters = { processed: 0, late: 0, matches: 0, timeouts: 0 };
  readonly #set: PatternSet<E>;
  readonly #output: PatternOutput<K, E>;
  readonly #store: MatchStore<K, E>;
  readonly #facts: EventFacts<E>;
  readonly #matchers: readonly RuleMatcher<K, E>[];
  readonly #buffer: EventBuffer<K, E>;
  readonly #timekeeper: Timekeeper<K, E>;
  readonly #isProcessingTime: boolean;
  readonly #isBuffered: boolean;
  #watermark = -Infinity;

  constructor(set: PatternSet<E>, options: PatternOperatorOptions<K, E>) {
    this.#set = set;
    this.#output = options.output;
    const store = options.store ?? new HeapMatchStore<K, E>();
    this.#store = store;
    this.#isProcessingTime = options.time === 'processing';
    this.#isBuffered = !this.#isProcessingTime || options.comparator !== undefined;
    this.#buffer = new EventBuffer<K, E>(options.comparator);
    this.#facts = new EventFacts<E>(set.conditions);
    const counted = this.#counted(options.output);
    this.#matchers = set.rules.map((rule) => new RuleMatcher<K, E>(rule, this.#facts, counted));
    const turns = {
      drain: (time: number, visit: (key: K, event: E, timestamp: number) => void) => this.#buffer.drain(time, visit),
      offer: (key: K, event: E, timestamp: number) => this.#offer(key, event, timestamp),
      advanceKey: (key: K, rule: number | undefined, now: number) => this.#advanceStored(key, rule, now),
    };
    this.#timekeeper =
      options.gapTimeouts === 'on-next-event'
        ? new FlinkTimekeeper<K, E>(turns, this.#isProcessingTime ? 1 : 0)
        : new PromptTimekeeper<K, E>(turns, (key) => store.get(key));
  }

  /** The time up to which all is decided: the last watermark or, in processing time, the clock. */
  get watermark(): number {
    return this.#watermark;
  }

  /** Takes an event. In event time it has no effect before a watermark passes it; in processing time `timestamp` is the clock. */
  process(key: K, event: E, timestamp: number): void {
    this.counters.processed++;
    if (this.#isProcessingTime) {
      this.advance(timestamp);
      if (this.#isBuffered) this.#buffer.add(key, event, this.#watermark);
      else this.#processNow(key, event, this.#watermark);
    } else if (timestamp <= this.#watermark) {
      this.counters.late++;
      this.#output.late(key, event, timestamp);
    } else {
      this.#buffer.add(key, event, timestamp);
    }
  }

  /** Advances time: to a watermark, or to the clock in processing time. A time that is not later than the last has no effect. */
  advance(time: number): void {
    if (!(time > this.#watermark)) return;
    this.#watermark = time;
    // A clock that has reached an event's time may still bring more events of that time, a watermark may not.
    const complete = this.#isProcessingTime ? time - 1 : time;
    this.#timekeeper.pass(complete, time);
  }

  #processNow(key: K, event: E, now: number): void {
    this.#offer(key, event, now);
    this.#timekeeper.seenAlone();
  }

  #advanceStored(key: K, rule: number | undefined, now: number): void {
    const state = this.#store.get(key);
    if (state === undefined) return;
    this.#advanceKey(state, now, rule);
    this.#save(key, state, false);
  }

  #offer(key: K, event: E, timestamp: number): void {
    const facts = this.#facts;
    facts.begin(event, timestamp);
    const { filters } = this.#set;
    const found = this.#store.size === 0 ? undefined : this.#store.get(key);
    let state = found;
    let isChanged = false;
    for (const matcher of this.#matchers) {
      const { index } = matcher.rule;
      const filter = filters[index] ?? -1;
      if (filter >= 0 && !facts.holds(filter, NO_STAGES, undefined)) continue;
      let before = state?.rules[index];
      if (state !== undefined && before !== undefined && before.due <= timestamp) {
        this.#advanceKey(state, timestamp, index);
        before = state.rules[index];
        isChanged = true;
      }
      const after = matcher.process(key, before);
      this.#timekeeper.seen(key, matcher.rule, timestamp, matcher.hasStarted);
      if (after === undefined && before === undefined) continue;
      isChanged = true;
      state ??= new KeyState<K, E>(key);
      this.#setRule(state, index, after);
    }
    if (isChanged && state !== undefined) this.#save(key, state, found === undefined);
  }

  #advanceKey(state: KeyState<K, E>, now: number, only: number | undefined): void {
    for (const matcher of this.#matchers) {
      const { index } = matcher.rule;
      const rule = state.rules[index];
      if (rule === undefined || rule.due > now || rule.due === Infinity || (only !== undefined && only !== index))
        continue;
      this.#setRule(state, index, matcher.advance(state.key, rule, now));
    }
  }

  #setRule(state: KeyState<K, E>, index: number, rule: RuleState<E> | undefined): void {
    const before = state.rules[index];
    if (before === undefined && rule !== undefined) state.live++;
    else if (before !== undefined && rule === undefined) state.live--;
    state.rules[index] = rule;
  }

  #save(key: K, state: KeyState<K, E>, isNew: boolean): void {
    if (state.live === 0) {
      if (!isNew) this.#store.delete(key);
      return;
    }
    state.due = state.rules.reduce((due, rule) => (rule === undefined ? due : Math.min(due, rule.due)), Infinity);
    this.#timekeeper.schedule(state);
    if (isNew) this.#store.put(key, state);
    else this.#store.changed(key, state);
  }

  #counted(output: PatternOutput<K, E>): PatternOutput<K, E> {
    return {
      match: (match) => {
        this.counters.matches++;
        output.match(match);
      },
      timeout: (timeout) => {
        this.counters.timeouts++;
        output.timeout(timeout);
      },
      late: (key, event, timestamp) => output.late(key, event, timestamp),
    };
  }
}
