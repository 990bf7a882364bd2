/**
 * Runs all rules of a set over the state of one key.
 *
 * A rule is visited only if the event can matter to it. Of the rules that the index has put in one group, those in the same
 * state come to the same state, which is made once.
 */
import { ChangeMemo } from './change-memo.js';
import type { ConditionIndex } from './condition-index.js';
import { EventFacts } from './event-facts.js';
import type { RuleGroup, Slot } from './field-index.js';
import { KeyState, START_RUN, type RuleState } from './key-state.js';
import type { PatternOutput } from './match.js';
import type { Rule } from './rule.js';
import { QuietEvents } from './quiet-events.js';
import { RuleMatcher } from './rule-matcher.js';
import type { TimeOrigin } from './time-origin.js';
import type { Condition } from '../pattern/condition.js';

/** Told that a rule was offered an event, which began a run or not. */
export type OnSeen<K, E> = (key: K, rule: Rule<E>, timestamp: number, hasStarted: boolean) => void;

/** What the rules of a set share. */
export interface SharedRules<E> {
  readonly rules: readonly Rule<E>[];
  readonly conditions: readonly Condition<E>[];
  readonly index: ConditionIndex<E>;
}

const NO_STAGES: readonly string[] = [];
const NO_SLOTS: readonly Slot[] = [];

export class KeyMatcher<K, E> {
  /** Whether the last call changed the state that it was given. */
  isChanged = false;
  readonly #matchers: readonly RuleMatcher<K, E>[];
  readonly #facts: EventFacts<E>;
  readonly #index: ConditionIndex<E>;
  readonly #quiet: QuietEvents<E>;
  readonly #memo: ChangeMemo<E> | undefined;
  readonly #onSeen: OnSeen<K, E> | undefined;
  /** By rule: rules with the same number end their runs at the same times, and without a word; -1 is for none such. */
  readonly #timings: Int32Array;

  #slots: readonly Slot[] = NO_SLOTS;

  /** With `onSeen`, every rule is offered every event that its filter lets through. */
  constructor(
    shared: SharedRules<E>,
    origin: TimeOrigin,
    output: PatternOutput<K, E>,
    onSeen: OnSeen<K, E> | undefined,
  ) {
    const { rules, conditions, index } = shared;
    this.#index = index;
    this.#quiet = new QuietEvents<E>(shared);
    this.#onSeen = onSeen;
    this.#facts = new EventFacts<E>(conditions, index.indexed);
    this.#memo = rules.length > 1 ? new ChangeMemo<E>() : undefined;
    this.#matchers = rules.map((rule) => new RuleMatcher<K, E>(rule, this.#facts, origin, output, this.#memo));
    this.#timings = timingsOf(rules);
  }

  /** The next event. Returns whether it can matter to its key; if so, `process` must follow. */
  begin(event: E, timestamp: number): boolean {
    this.#facts.begin(event, timestamp);
    return this.#matters(event);
  }

  /** Whether an event that is to come can matter to its key. */
  willMatter(event: E): boolean {
    this.#facts.consider(event);
    return this.#matters(event);
  }

  #matters(event: E): boolean {
    this.#slots = this.#index.isEmpty ? NO_SLOTS : this.#index.find(event, this.#facts);
    return this.#onSeen !== undefined || !this.#quiet.includes(this.#facts, this.#slots);
  }

  /** Returns the key's state after the event that was begun: the same object, changed or not, or a new one if there was none. */
  process(key: K, given: KeyState<E> | undefined): KeyState<E> | undefined {
    this.isChanged = false;
    this.#memo?.clear();
    const { timestamp } = this.#facts;
    const slots = this.#slots;
    let state = given;
    if (state !== undefined && state.isDue(timestamp)) this.#advanceRules(key, state, timestamp, undefined, true);
    if (this.#onSeen !== undefined) {
      for (const matcher of this.#matchers) state = this.#offer(key, state, matcher);
    } else {
      const { always } = this.#index;
      for (let position = 0; position < always.length; position++) {
        state = this.#offer(key, state, this.#matchers[always[position] as number] as RuleMatcher<K, E>);
      }
      for (let position = 0; position < slots.length; position++) {
        state = this.#offerSlot(key, state, slots[position] as Slot);
      }
    }
    return state;
  }

  /** Ends windows that have run out by `now`, of one rule or of all (undefined). */
  advance(key: K, state: KeyState<E>, now: number, only: number | undefined): void {
    this.isChanged = false;
    this.#advanceRules(key, state, now, only, false);
  }

  #offerSlot(key: K, given: KeyState<E> | undefined, { groups, others }: Slot): KeyState<E> | undefined {
    let state = given;
    for (let position = 0; position < groups.length; position++) {
      const group = groups[position] as RuleGroup;
      if (state !== undefined || group.starts) state = this.#offerGroup(key, state, group);
    }
    for (let position = 0; position < others.length; position++) {
      state = this.#offer(key, state, this.#matchers[others[position] as number] as RuleMatcher<K, E>);
    }
    return state;
  }

  #offerGroup(key: K, given: KeyState<E> | undefined, { rules, starts }: RuleGroup): KeyState<E> | undefined {
    let state = given;
    let known: RuleState<E> | undefined;
    let result: RuleState<E> | undefined;
    let isKnown = false;
    for (let position = 0; position < rules.length; position++) {
      const rule = rules[position] as number;
      const before = state === undefined ? undefined : state.rule(rule);
      if (before === undefined && !starts) continue;
      if (!isKnown || before !== known) {
        const matcher = this.#matchers[rule] as RuleMatcher<K, E>;
        result = matcher.process(key, before);
        known = before;
        isKnown = true;
        if (result !== undefined) {
          state ??= new KeyState<E>(this.#matchers.length);
          state.hasten(matcher.due(result));
        }
      }
      if (state !== undefined && result !== before) this.#set(state, rule, before, result);
    }
    return state;
  }

  #offer(key: K, given: KeyState<E> | undefined, matcher: RuleMatcher<K, E>): KeyState<E> | undefined {
    const { rule } = matcher;
    if (rule.filter >= 0 && !this.#sees(rule)) return given;
    const before = given === undefined ? undefined : given.rule(rule.index);
    const after = matcher.process(key, before);
    if (this.#onSeen !== undefined) this.#onSeen(key, rule, this.#facts.timestamp, matcher.hasStarted);
    if (after === before) return given;
    const state = given ?? new KeyState<E>(this.#matchers.length);
    this.#set(state, rule.index, before, after);
    if (after !== undefined) state.hasten(matcher.due(after));
    return state;
  }

  #advanceRules(key: K, state: KeyState<E>, now: number, only: number | undefined, isFiltered: boolean): void {
    let due = Infinity;
    let known: RuleState<E> | undefined;
    let knownTiming = -1;
    let result: RuleState<E> | undefined;
    for (let index = 0; index < this.#matchers.length; index++) {
      const before = state.rule(index);
      if (before === undefined) continue;
      if (before !== known || knownTiming < 0 || this.#timings[index] !== knownTiming) {
        const matcher = this.#matchers[index] as RuleMatcher<K, E>;
        const isMeant = (only === undefined || only === index) && (!isFiltered || this.#sees(matcher.rule));
        result = isMeant && matcher.due(before) <= now ? matcher.advance(key, before, now) : before;
        known = before;
        knownTiming = only === undefined ? (this.#timings[index] as number) : -1;
        if (result !== undefined) due = Math.min(due, matcher.due(result));
      }
      if (result !== before) this.#set(state, index, before, result);
    }
    state.due = undefined;
    state.hasten(due);
  }

  #sees({ filter }: Rule<E>): boolean {
    return filter < 0 || this.#facts.holds(filter, NO_STAGES, START_RUN);
  }

  #set(state: KeyState<E>, rule: number, before: RuleState<E> | undefined, after: RuleState<E> | undefined): void {
    this.isChanged = true;
    state.setRule(rule, after);
    if (before !== undefined && after !== undefined) return;
    state.live += after === undefined ? -1 : 1;
    if (state.live === 0) state.due = undefined;
  }
}

function timingsOf<E>(rules: readonly Rule<E>[]): Int32Array {
  const names = new Map<string, number>();
  return Int32Array.from(rules, ({ filter, reportsTimeouts, hasPending, window, gapWindows, hasGapWindows }) => {
    if (filter >= 0 || reportsTimeouts || hasPending) return -1;
    const name = JSON.stringify([window, hasGapWindows ? gapWindows : []]);
    const number = names.get(name) ?? names.size;
    names.set(name, number);
    return number;
  });
}
