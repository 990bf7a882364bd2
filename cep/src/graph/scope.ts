/**
 * The group that is being compiled, or the pattern itself, and what that means for the conditions of a stage in it.
 *
 * A group's first stage takes its contiguity from the group: the outer one in the group's first round, the inner one in
 * later rounds. A group's `until` bars every edge within it.
 */
import { ALWAYS, allOf, not, type Predicate } from '../pattern/predicate.js';
import type { Pattern } from '../pattern/pattern.js';
import type { Contiguity } from '../pattern/quantifier.js';

export class Scope<E> {
  constructor(
    readonly group: Pattern<E> | undefined,
    readonly isFirstRound: boolean,
  ) {}

  /** What the stage's event must satisfy to be taken. */
  take(pattern: Pattern<E>): Predicate<E> {
    return unless(this.group?.untilPredicate, pattern.predicate ?? ALWAYS);
  }

  /** Condition of the edges that take nothing and always lead on. */
  pass(): Predicate<E> {
    return unless(this.group?.untilPredicate, ALWAYS);
  }

  /** What may be ignored while waiting for the stage's first event; undefined if nothing may. */
  ignoreBefore(pattern: Pattern<E>): Predicate<E> | undefined {
    if (!this.isHead(pattern)) return this.#ignore(pattern, pattern.quantifier.contiguity);
    const { quantifier } = this.#headGroup();
    return this.#ignore(pattern, this.isFirstRound ? quantifier.contiguity : quantifier.inner);
  }

  /** What may be ignored between two events of the stage; undefined if nothing may. */
  ignoreWithin(pattern: Pattern<E>): Predicate<E> | undefined {
    return this.#ignore(pattern, this.isHead(pattern) ? this.#headGroup().quantifier.inner : pattern.quantifier.inner);
  }

  isHead(pattern: Pattern<E>): boolean {
    return this.group !== undefined && pattern.previous === undefined;
  }

  isHeadOfOptionalGroup(pattern: Pattern<E>): boolean {
    return this.isHead(pattern) && this.isFirstRound && this.#headGroup().quantifier.isOptional;
  }

  #headGroup(): Pattern<E> {
    if (this.group === undefined) throw new Error('only a stage of a group is the head of one');
    return this.group;
  }

  #ignore(pattern: Pattern<E>, contiguity: Contiguity): Predicate<E> | undefined {
    switch (contiguity) {
      case 'skip-till-next':
        return unless(this.group?.untilPredicate, not(pattern.predicate ?? ALWAYS));
      case 'skip-till-any':
        return unless(this.group?.untilPredicate, ALWAYS);
      default:
        return undefined;
    }
  }
}

/** The predicate, and NOT the bar if there is one. */
export function unless<E>(bar: Predicate<E> | undefined, predicate: Predicate<E>): Predicate<E> {
  return bar === undefined ? predicate : allOf(not(bar), predicate);
}
