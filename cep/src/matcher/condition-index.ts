/**
 * Finds the conditions that an event can fulfil, where conditions compare numbers with constants, by one binary search a
 * field instead of a test a condition.
 *
 * The constants of a field divide the numbers into slots: each constant itself, and what lies between. All numbers of a slot
 * fulfil the same comparisons. A condition is indexed by one field only, though it may compare several.
 */
import type { Comparison, Condition } from '../pattern/condition.js';
import type { EventFacts } from './event-facts.js';
import type { Rule } from './rule.js';

/** A field is worth a search if so many conditions compare it. */
const MIN_CONDITIONS = 8;
/** Slots are kept as long as they hold no more conditions than this in all; beyond, they are made up each time. */
const MAX_KEPT = 1 << 20;

interface Slot {
  /** Conditions that hold in this slot, and those that may. */
  readonly certain: readonly number[];
  readonly possible: readonly number[];
  readonly rules: readonly number[];
}

/** Where an event without the number goes. */
const EMPTY: Slot = { certain: [], possible: [], rules: [] };

interface IndexedCondition<E> {
  readonly index: number;
  readonly comparisons: readonly Comparison<E>[];
  readonly isCertain: boolean;
}

export class ConditionIndex<E> {
  /** Rules that must be offered every event. */
  readonly always: readonly number[];
  readonly indexed: ReadonlySet<number>;
  readonly #fields: readonly FieldIndex<E>[];
  readonly #isAlways: Uint8Array;
  readonly #found: (readonly number[])[] = [];

  constructor(rules: readonly Rule<E>[], conditions: readonly Condition<E>[]) {
    const groups = [...groupByField(conditions)].filter(([, members]) => members.length >= MIN_CONDITIONS);
    const indexed = new Set(groups.flatMap(([, members]) => members.map(({ index }) => index)));
    const needsAll = (rule: Rule<E>): boolean =>
      rule.tree.startsWithoutTruth || rule.conditions.some((condition) => !indexed.has(condition));
    const others = rules.filter((rule) => !needsAll(rule));
    this.indexed = indexed;
    this.always = rules.filter(needsAll).map((rule) => rule.index);
    this.#isAlways = Uint8Array.from(rules, (rule) => (needsAll(rule) ? 1 : 0));
    this.#fields = groups.map(([field, members]) => new FieldIndex<E>(field, members, others));
  }

  get isEmpty(): boolean {
    return this.#fields.length === 0;
  }

  isAlways(rule: number): boolean {
    return this.#isAlways[rule] === 1;
  }

  /**
   * Tells the facts which conditions may hold; must come before they are asked. Returns the rules that have such a
   * condition and are not offered every event; one may be named more than once.
   */
  find(event: E, facts: EventFacts<E>): readonly (readonly number[])[] {
    const found = this.#found;
    for (let position = 0; position < this.#fields.length; position++) {
      const { certain, possible, rules } = (this.#fields[position] as FieldIndex<E>).find(event);
      for (let index = 0; index < certain.length; index++) facts.admit(certain[index] as number, true);
      for (let index = 0; index < possible.length; index++) facts.admit(possible[index] as number, false);
      found[position] = rules;
    }
    return found;
  }
}

/** A condition goes to the field of its first comparison; what it compares besides makes it no more than possible. */
function groupByField<E>(conditions: readonly Condition<E>[]): Map<string, IndexedCondition<E>[]> {
  const groups = new Map<string, IndexedCondition<E>[]>();
  conditions.forEach(({ eventOnly, comparisons = [], comparisonsSuffice = false }, index) => {
    const [first] = comparisons;
    if (!eventOnly || first === undefined) return;
    const ofField = comparisons.filter(({ field }) => field === first.field);
    const member = {
      index,
      comparisons: ofField,
      isCertain: comparisonsSuffice && ofField.length === comparisons.length,
    };
    const group = groups.get(first.field);
    if (group === undefined) groups.set(first.field, [member]);
    else group.push(member);
  });
  return groups;
}

class FieldIndex<E> {
  readonly #members: readonly IndexedCondition<E>[];
  readonly #rulesOf: ReadonlyMap<number, readonly number[]>;
  readonly #read: (event: E) => number;
  /** The constants, rising. Slot 2i+1 is the i-th constant, slot 2i what lies below it. */
  readonly #bounds: Float64Array;
  readonly #slots: (Slot | undefined)[];
  #kept = 0;

  constructor(field: string, members: readonly IndexedCondition<E>[], rules: readonly Rule<E>[]) {
    const comparisons = members.flatMap((member) => member.comparisons);
    const [first] = comparisons;
    if (first === undefined) throw new Error(`no comparison of field "${field}"`);
    this.#members = members;
    this.#read = first.read;
    this.#bounds = Float64Array.from(new Set(comparisons.map(({ constant }) => constant))).sort();
    this.#slots = new Array<undefined>(2 * this.#bounds.length + 1).fill(undefined);
    const rulesOf = new Map<number, number[]>(members.map(({ index }) => [index, []]));
    for (const rule of rules) for (const condition of rule.conditions) rulesOf.get(condition)?.push(rule.index);
    this.#rulesOf = rulesOf;
  }

  find(event: E): Slot {
    const value = this.#read(event);
    if (Number.isNaN(value)) return EMPTY;
    const bounds = this.#bounds;
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((bounds[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    const slot = bounds[low] === value ? 2 * low + 1 : 2 * low;
    return this.#slots[slot] ?? this.#makeSlot(slot, value);
  }

  #makeSlot(position: number, value: number): Slot {
    const members = this.#members.filter(({ comparisons }) =>
      comparisons.every((comparison) => fulfils(value, comparison)),
    );
    const rules = new Set(members.flatMap(({ index }) => this.#rulesOf.get(index) ?? []));
    const slot = {
      certain: members.filter(({ isCertain }) => isCertain).map(({ index }) => index),
      possible: members.filter(({ isCertain }) => !isCertain).map(({ index }) => index),
      rules: [...rules].sort((left, right) => left - right),
    };
    if (this.#kept < MAX_KEPT) {
      this.#slots[position] = slot;
      this.#kept += members.length + rules.size;
    }
    return slot;
  }
}

function fulfils<E>(value: number, { operator, constant }: Comparison<E>): boolean {
  switch (operator) {
    case '<':
      return value < constant;
    case '<=':
      return value <= constant;
    case '>':
      return value > constant;
    case '>=':
      return value >= constant;
    case '==':
      return value === constant;
  }
}
