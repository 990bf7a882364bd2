/**
 * Tells events that change nothing, whatever state their key is in, so that the state need not be looked up: most events of
 * most streams are such, and the look-up is the dearest part of them.
 *
 * Invariant: an event is quiet only if it leaves every run of every rule as it is and begins none. Windows that have ended
 * by then are not its business: their timers see to them.
 */
import type { EventFacts } from './event-facts.js';
import type { Slot } from './field-index.js';
import { START_RUN } from './key-state.js';
import type { SharedRules } from './key-matcher.js';
import type { Rule } from './rule.js';

/** With more conditions than this to ask, looking up the state first asks for fewer. */
const MAX_ASKED = 8;
const NO_STAGES: readonly string[] = [];

export class QuietEvents<E> {
  /** The conditions of the rules that are offered every event; undefined if no event can be told to be quiet. */
  readonly #asked: readonly number[] | undefined;

  constructor({ rules, conditions, index }: SharedRules<E>) {
    const always = index.always.flatMap((position) => rules[position] ?? []);
    const asked = [...new Set(always.flatMap((rule) => rule.conditions))];
    const canTell =
      asked.length <= MAX_ASKED &&
      asked.every((condition) => conditions[condition]?.eventOnly === true) &&
      always.every((rule) => isStillWithoutTruth(rule));
    this.#asked = canTell ? asked : undefined;
  }

  /** The facts are about the event, and the slots are what the index found of it. */
  includes(facts: EventFacts<E>, slots: readonly Slot[]): boolean {
    const asked = this.#asked;
    if (asked === undefined) return false;
    for (let position = 0; position < slots.length; position++) {
      const { groups, others } = slots[position] as Slot;
      if (groups.length > 0 || others.length > 0) return false;
    }
    for (let position = 0; position < asked.length; position++) {
      if (facts.holds(asked[position] as number, NO_STAGES, START_RUN)) return false;
    }
    return true;
  }
}

/** Whether an event for which no condition holds moves no run, and begins none. */
function isStillWithoutTruth<E>({ tree }: Rule<E>): boolean {
  return [tree.start, ...tree.waiting].every((root) => tree.resolve(root, () => false).isUnchanged);
}
