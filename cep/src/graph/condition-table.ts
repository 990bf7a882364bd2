/** Numbers the conditions of a set of patterns. Conditions with the same id share a number, so that each is evaluated once. */
import type { Condition } from '../pattern/condition.js';
import type { Predicate } from '../pattern/predicate.js';

export class ConditionTable<E> {
  readonly conditions: Condition<E>[] = [];
  readonly #byId = new Map<string, number>();

  indexOf(condition: Condition<E>): number {
    const known = this.#byId.get(condition.id);
    if (known !== undefined) return known;
    const index = this.conditions.length;
    this.conditions.push(condition);
    this.#byId.set(condition.id, index);
    return index;
  }

  /** Adds the conditions of a predicate to `found`. */
  collect(predicate: Predicate<E>, found: Set<number>): void {
    switch (predicate.kind) {
      case 'true':
        return;
      case 'condition':
        found.add(this.indexOf(predicate.condition));
        return;
      case 'not':
        return this.collect(predicate.of, found);
      default:
        this.collect(predicate.left, found);
        this.collect(predicate.right, found);
    }
  }
}
