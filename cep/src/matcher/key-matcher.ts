/**
 * Runs all rules of a set over the state of one key.
 *
 * A rule is visited only if the event can matter to it: if the index does not rule out all its conditions, or if the rule
 * has runs that a failing condition moves. The rest of its states stand as they are.
 */
import { ChangeMemo } from './change-memo.js';
import type { ConditionIndex } from './condition-index.js';
import { EventFacts } from './event-facts.js';
import { KeyState, START_RUN, type RuleState } from './key-state.js';
import type { PatternOutput } from './match.js';
import type { Rule } from './rule.js';
import { RuleMatcher } from './rule-matcher.js';
import type { Condition } from '../pattern/condition.js';

/** Told that a rule was offered an event, which began a run or not. */
export type OnSeen<K, E> = (key: K, rule: Rule<E>, timestamp: number, hasStarted: boolean) => void;

type Found = readonly (readonly number[])[];

const NO_STAGES: readonly string[] = [];
const NONE_FOUND: Found = [];

export class KeyMatcher<K, E> {
  /** Whether the last call changed the state that it was given. */
  isChanged = false;
  readonly #matchers: readonly RuleMatcher<K, E>[];
  readonly #facts: EventFacts<E>;
  readonly #index: ConditionIndex<E>;
  readonly #memo: ChangeMemo<E> | undefined;
  readonly #onSeen: OnSeen<K, E> | undefined;
  /** By rule: 1 if its runs may be moved by an event for which none of its conditions holds. */
  readonly #isRestless: Uint8Array;
  readonly #restless: readonly RuleMatcher<K, E>[];
  /** By rule: the number of the last event for which it was visited. */
  readonly #visits: Float64Array;
  #visit = 0;

  /** With `onSeen`, every rule is offered every event that its filter lets through. */
  constructor(
    rules: readonly Rule<E>[],
    conditions: readonly Condition<E>[],
    index: ConditionIndex<E>,
    output: PatternOutput<K, E>,
    onSeen: OnSeen<K, E> | undefined,
  ) {
    this.#index = index;
    this.#onSeen = onSeen;
    this.#facts = new EventFacts<E>(conditions, index.indexed);
    this.#memo = rules.length > 1 ? new ChangeMemo<E>() : undefined;
    this.#matchers = rules.map((rule) => new RuleMatcher<K, E>(rule, this.#facts, output, this.#memo));
    this.#isRestless = Uint8Array.from(rules, (rule) => (rule.tree.isStillWithoutTruth ? 0 : 1));
    this.#restless = this.#matchers.filter((_, position) => this.#isRestless[position] === 1);
    this.#visits = new Float64Array(rules.length);
  }

  /** Returns the key's state afterwards: the same object, changed or not, or a new one if there was none. */
  process(key: K, given: KeyState<E> | undefined, event: E, timestamp: number): KeyState<E> | undefined {
    this.isChanged = false;
    this.#facts.begin(event, timestamp);
    this.#memo?.clear();
    const found = this.#index.isEmpty ? NONE_FOUND : this.#index.find(event, this.#facts);
    let state = given;
    if (state !== undefined && state.due <= timestamp) this.#advanceRules(key, state, timestamp, undefined, true);
    if (this.#onSeen !== undefined) {
      for (const matcher of this.#matchers) state = this.#offer(key, state, matcher);
    } else {
      const { always } = this.#index;
      for (let position = 0; position < always.length; position++) {
        state = this.#offer(key, state, this.#matchers[always[position] as number] as RuleMatcher<K, E>);
      }
      if (!this.#index.isEmpty) state = this.#offerFound(key, state, found);
    }
    return state;
  }

  /** Ends windows that have run out by `now`, of one rule or of all (undefined). */
  advance(key: K, state: KeyState<E>, now: number, only: number | undefined): void {
    this.isChanged = false;
    this.#advanceRules(key, state, now, only, false);
  }

  /** Offers the event to the rules that the index found, and to those with runs that are moved without a condition. */
  #offerFound(key: K, given: KeyState<E> | undefined, found: Found): KeyState<E> | undefined {
    let state = given;
    this.#visit++;
    for (let field = 0; field < found.length; field++) {
      const rules = found[field] as readonly number[];
      for (let position = 0; position < rules.length; position++) {
        const rule = rules[position] as number;
        if (this.#visits[rule] === this.#visit) continue;
        this.#visits[rule] = this.#visit;
        state = this.#offer(key, state, this.#matchers[rule] as RuleMatcher<K, E>);
      }
    }
    if (state === undefined || state.restless === 0) return state;
    for (let position = 0; position < this.#restless.length; position++) {
      const matcher = this.#restless[position] as RuleMatcher<K, E>;
      const { index } = matcher.rule;
      if (state.rule(index) === undefined || this.#visits[index] === this.#visit || this.#index.isAlways(index))
        continue;
      this.#offer(key, state, matcher);
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
    if (after !== undefined) {
      const due = matcher.due(after);
      if (due < state.due) state.due = due;
    }
    return state;
  }

  #advanceRules(key: K, state: KeyState<E>, now: number, only: number | undefined, isFiltered: boolean): void {
    let due = Infinity;
    for (let index = 0; index < this.#matchers.length; index++) {
      const before = state.rule(index);
      if (before === undefined) continue;
      const matcher = this.#matchers[index] as RuleMatcher<K, E>;
      const ruleDue = matcher.due(before);
      const isSeen = !isFiltered || this.#sees(matcher.rule);
      if (ruleDue > now || ruleDue === Infinity || !isSeen || (only !== undefined && only !== index)) {
        if (ruleDue < due) due = ruleDue;
        continue;
      }
      const after = matcher.advance(key, before, now);
      if (after !== before) this.#set(state, index, before, after);
      if (after !== undefined) due = Math.min(due, matcher.due(after));
    }
    state.due = due;
  }

  #sees({ filter }: Rule<E>): boolean {
    return filter < 0 || this.#facts.holds(filter, NO_STAGES, START_RUN);
  }

  #set(state: KeyState<E>, rule: number, before: RuleState<E> | undefined, after: RuleState<E> | undefined): void {
    this.isChanged = true;
    state.setRule(rule, after);
    if (before !== undefined && after !== undefined) return;
    const change = after === undefined ? -1 : 1;
    state.live += change;
    if (this.#isRestless[rule] === 1) state.restless += change;
    if (state.live === 0) state.due = Infinity;
  }
}
