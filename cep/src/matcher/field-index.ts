/**
 * What the numbers of one field mean to the rules whose conditions all compare that field.
 *
 * The constants of the field divide the numbers into slots: each constant itself, and what lies between. All numbers of a
 * slot fulfil the same comparisons. Where that settles all conditions of a rule, the slot knows what becomes of each of its
 * runs; rules of which the same becomes form a group, and rules of which nothing becomes are left out.
 */
import type { Comparison } from '../pattern/condition.js';
import type { Rule } from './rule.js';

export interface IndexedCondition<E> {
  /** Index of the condition in its set. */
  readonly index: number;
  readonly comparisons: readonly Comparison<E>[];
  /** Whether the condition holds if all the comparisons do. */
  readonly isCertain: boolean;
}

/** Rules that do the same with the same state, and have the same windows. No match is completed. */
export interface RuleGroup {
  readonly rules: readonly number[];
  /** Whether a run begins; if not, the event is nothing to a rule without runs. */
  readonly starts: boolean;
}

export interface Slot {
  /** Conditions that hold, and those that may. */
  readonly certain: readonly number[];
  readonly possible: readonly number[];
  readonly groups: readonly RuleGroup[];
  /** Rules that must be looked at one by one. */
  readonly others: readonly number[];
}

export class FieldIndex<E> {
  readonly #members: readonly IndexedCondition<E>[];
  readonly #rules: readonly Rule<E>[];
  readonly #read: (event: E) => number;
  /** The constants, rising. Slot 2i+1 is the i-th constant, slot 2i what lies below it; the last is for no number. */
  readonly #bounds: Float64Array;
  readonly #slots: (Slot | undefined)[];

  constructor(members: readonly IndexedCondition<E>[], rules: readonly Rule<E>[]) {
    const comparisons = members.flatMap((member) => member.comparisons);
    const [first] = comparisons;
    if (first === undefined) throw new Error('a field without comparisons');
    this.#members = members;
    this.#rules = rules;
    this.#read = first.read;
    this.#bounds = Float64Array.from(new Set(comparisons.map(({ constant }) => constant))).sort();
    this.#slots = new Array<undefined>(2 * this.#bounds.length + 2).fill(undefined);
  }

  find(event: E): Slot {
    const value = this.#read(event);
    const position = this.#position(value);
    return this.#slots[position] ?? (this.#slots[position] = this.#makeSlot(value));
  }

  #position(value: number): number {
    const bounds = this.#bounds;
    if (Number.isNaN(value)) return 2 * bounds.length + 1;
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((bounds[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return bounds[low] === value ? 2 * low + 1 : 2 * low;
  }

  #makeSlot(value: number): Slot {
    const members = this.#members.filter(({ comparisons }) =>
      comparisons.every((comparison) => fulfils(value, comparison)),
    );
    const certain = members.filter(({ isCertain }) => isCertain).map(({ index }) => index);
    const possible = members.filter(({ isCertain }) => !isCertain).map(({ index }) => index);
    const groups = new Map<string, { rules: number[]; starts: boolean }>();
    const others: number[] = [];
    for (const rule of this.#rules) {
      const effect = effectOn(rule, new Set(certain), new Set(possible));
      if (effect === 'unsettled') {
        others.push(rule.index);
      } else if (effect !== 'none') {
        const group = groups.get(effect.name);
        if (group === undefined) groups.set(effect.name, { rules: [rule.index], starts: effect.starts });
        else group.rules.push(rule.index);
      }
    }
    return { certain, possible, groups: [...groups.values()], others };
  }
}

/** What an event does to a rule, whatever its state; the name tells all of it. */
function effectOn<E>(
  { tree, conditions, filter, window, gapWindows }: Rule<E>,
  certain: ReadonlySet<number>,
  possible: ReadonlySet<number>,
): 'none' | 'unsettled' | { readonly name: string; readonly starts: boolean } {
  if (conditions.some((condition) => possible.has(condition))) return 'unsettled';
  const truth = (condition: number): boolean => certain.has(condition);
  const start = tree.resolve(tree.start, truth);
  const decisions = [start, ...tree.waiting.map((root) => tree.resolve(root, truth))];
  if (decisions.every(({ isUnchanged }) => isUnchanged)) return 'none';
  if (filter >= 0 || decisions.some(({ step }) => step.completes)) return 'unsettled';
  const steps = decisions.map(({ state, step, isUnchanged }) => `${state}:${isUnchanged ? '=' : step.name}`);
  return { name: JSON.stringify([steps, window, gapWindows]), starts: !start.isUnchanged };
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
