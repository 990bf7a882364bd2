/**
 * Finds out what an event means to many rules at once, where their conditions compare numbers with constants: by one binary
 * search a field instead of a test a condition.
 *
 * A condition is indexed by one field only, though it may compare several. Rules of which every condition is indexed by one
 * and the same field are in that field's slots; rules of which some condition is not indexed are offered every event.
 */
import type { Comparison, Condition } from '../pattern/condition.js';
import type { EventFacts } from './event-facts.js';
import { FieldIndex, type IndexedCondition, type Slot } from './field-index.js';
import type { Rule } from './rule.js';

/** A field is worth a search if so many conditions compare it. */
const MIN_CONDITIONS = 8;
/** A field is not indexed if its slots would come to more entries than this. */
const MAX_ENTRIES = 1 << 22;

export class ConditionIndex<E> {
  /** Rules that must be offered every event. */
  readonly always: readonly number[];
  readonly indexed: ReadonlySet<number>;
  readonly #fields: readonly FieldIndex<E>[];
  readonly #found: Slot[] = [];

  constructor(rules: readonly Rule<E>[], conditions: readonly Condition<E>[]) {
    const groups = [...groupByField(conditions).values()].filter(
      (members) => members.length >= MIN_CONDITIONS && members.length * rules.length <= MAX_ENTRIES,
    );
    const always = new Set(rules.map((rule) => rule.index));
    this.#fields = groups.map((members) => {
      const ofField = new Set(members.map(({ index }) => index));
      const own = rules.filter((rule) => isOwn(rule, ofField));
      for (const rule of own) always.delete(rule.index);
      return new FieldIndex<E>(members, own);
    });
    this.indexed = new Set(groups.flat().map(({ index }) => index));
    this.always = [...always];
  }

  get isEmpty(): boolean {
    return this.#fields.length === 0;
  }

  /** Tells the facts which conditions may hold, and returns what the event means to the rules; before the facts are asked. */
  find(event: E, facts: EventFacts<E>): readonly Slot[] {
    const found = this.#found;
    for (let position = 0; position < this.#fields.length; position++) {
      const slot = (this.#fields[position] as FieldIndex<E>).find(event);
      const { certain, possible } = slot;
      for (let index = 0; index < certain.length; index++) facts.admit(certain[index] as number, true);
      for (let index = 0; index < possible.length; index++) facts.admit(possible[index] as number, false);
      found[position] = slot;
    }
    return found;
  }
}

/** A rule without conditions at all belongs to no field. */
function isOwn<E>({ conditions }: Rule<E>, ofField: ReadonlySet<number>): boolean {
  return conditions.length > 0 && conditions.every((condition) => ofField.has(condition));
}

/** A condition goes to the field of its first comparison; what it compares besides makes it no more than possible. */
function groupByField<E>(conditions: readonly Condition<E>[]): Map<string, IndexedCondition<E>[]> {
  const groups = new Map<string, IndexedCondition<E>[]>();
  conditions.forEach(({ eventOnly, comparisons = [], comparisonsSuffice = false }, index) => {
    const [first] = comparisons;
    if (!eventOnly || first === undefined) return;
    const ofField: Comparison<E>[] = comparisons.filter(({ field }) => field === first.field);
    const isCertain = comparisonsSuffice && ofField.length === comparisons.length;
    const group = groups.get(first.field);
    if (group === undefined) groups.set(first.field, [{ index, comparisons: ofField, isCertain }]);
    else group.push({ index, comparisons: ofField, isCertain });
  });
  return groups;
}
