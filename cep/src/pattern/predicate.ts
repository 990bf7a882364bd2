/** Boolean expressions over conditions: what the compiler makes of `where`, `or`, `until`, greediness and contiguity. */
import type { Condition } from './condition.js';

export type Predicate<E> =
  | { readonly kind: 'true' }
  | { readonly kind: 'condition'; readonly condition: Condition<E> }
  | { readonly kind: 'not'; readonly of: Predicate<E> }
  | { readonly kind: 'and' | 'or'; readonly left: Predicate<E>; readonly right: Predicate<E> };

export const ALWAYS = { kind: 'true' } as const;

export function holds<E>(condition: Condition<E>): Predicate<E> {
  return { kind: 'condition', condition };
}

export function not<E>(of: Predicate<E>): Predicate<E> {
  return { kind: 'not', of };
}

export function allOf<E>(left: Predicate<E>, right: Predicate<E>): Predicate<E> {
  return { kind: 'and', left, right };
}

export function anyOf<E>(left: Predicate<E>, right: Predicate<E>): Predicate<E> {
  return { kind: 'or', left, right };
}
