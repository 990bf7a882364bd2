/**
 * How often a stage occurs, and what may lie between.
 *
 * Invariant: applying a quantifier makes a new object, so that what was said before it (such as `optional`) is forgotten,
 * as in Apache Flink.
 */
import { PatternError } from './pattern-error.js';

export type Contiguity = 'strict' | 'skip-till-next' | 'skip-till-any' | 'not-next' | 'not-follow';
export type InnerContiguity = 'strict' | 'skip-till-next' | 'skip-till-any';
export type QuantifierKind = 'single' | 'looping' | 'times';

/** Bounds on the number of events; `window` (ms) limits the wait for each but some, see the compiler. */
export interface Times {
  readonly from: number;
  readonly to: number;
  readonly window: number | undefined;
}

export class Quantifier {
  readonly kind: QuantifierKind;
  readonly contiguity: Contiguity;
  inner: InnerContiguity = 'skip-till-next';
  isOptional = false;
  isGreedy = false;

  constructor(kind: QuantifierKind, contiguity: Contiguity) {
    this.kind = kind;
    this.contiguity = contiguity;
  }

  get isNot(): boolean {
    return this.contiguity === 'not-next' || this.contiguity === 'not-follow';
  }

  optional(): void {
    if (this.isOptional) throw new PatternError('optional-twice', 'optional() was already called for this stage');
    if (this.isNot) throw new PatternError('optional-not-stage', 'a not stage cannot be optional');
    this.isOptional = true;
  }

  greedy(): void {
    if (this.inner === 'skip-till-any') {
      throw new PatternError('greedy-with-combinations', 'greedy() cannot follow allowCombinations()');
    }
    if (this.kind === 'single') {
      throw new PatternError('greedy-on-single', 'greedy() needs a quantifier before it, such as oneOrMore()');
    }
    this.isGreedy = true;
  }

  setInner(inner: 'strict' | 'skip-till-any'): void {
    const call = inner === 'strict' ? 'consecutive()' : 'allowCombinations()';
    if (this.kind === 'single') {
      throw new PatternError('inner-contiguity-on-single', `${call} needs a quantifier before it, such as oneOrMore()`);
    }
    if (this.inner === inner)
      throw new PatternError('inner-contiguity-twice', `${call} was already called for this stage`);
    if (this.inner !== 'skip-till-next') {
      throw new PatternError('inner-contiguity-conflict', 'consecutive() and allowCombinations() exclude each other');
    }
    this.inner = inner;
  }
}

/** Refuses bounds that no sequence meets. */
export function times(from: number, to: number, window: number | undefined): Times {
  if (!(from > 0)) throw new PatternError('times-not-positive', `the number of times must be 1 or more, not ${from}`);
  if (!(to >= from))
    throw new PatternError('times-range-reversed', `the upper bound ${to} is less than the lower bound ${from}`);
  return { from, to, window };
}
