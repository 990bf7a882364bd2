/**
 * The pattern builder: the calls of Apache Flink's `Pattern`, each refusing what Flink refuses, at the same call.
 *
 * A pattern is a chain of stages, held by its last one. The methods on a stage change that stage and return it; those that
 * append return the new last stage. Whether a call is allowed depends only on the calls made so far, so order matters.
 * Times and windows are in milliseconds. Misuse throws a PatternError.
 */
import type { Condition } from './condition.js';
import { PatternError } from './pattern-error.js';
import { allOf, anyOf, holds, type Predicate } from './predicate.js';
import { Quantifier, times, type Contiguity, type Times } from './quantifier.js';
import { NO_SKIP, type SkipStrategy } from './skip-strategy.js';

/** What a window is measured between; the first is the default. */
export type WithinType = 'FIRST_AND_LAST' | 'PREVIOUS_AND_CURRENT';

/** Name that every group bears among the stages; it never shows in a match. */
const GROUP_NAME = 'GroupPattern';

export class Pattern<E> {
  readonly name: string;
  readonly previous: Pattern<E> | undefined;
  /** The last stage of the group, if this stage is a group. */
  readonly group: Pattern<E> | undefined;
  readonly skip: SkipStrategy;
  #quantifier: Quantifier;
  #predicate: Predicate<E> | undefined;
  #until: Predicate<E> | undefined;
  #times: Times | undefined;
  readonly #windows = new Map<WithinType, number>();

  private constructor(
    stage: string | Pattern<E>,
    previous: Pattern<E> | undefined,
    contiguity: Contiguity,
    skip: SkipStrategy,
  ) {
    this.name = typeof stage === 'string' ? stage : GROUP_NAME;
    this.group = typeof stage === 'string' ? undefined : stage;
    this.previous = previous;
    this.skip = skip;
    this.#quantifier = new Quantifier('single', contiguity);
  }

  /** Starts a pattern with a stage or a group. Of the strategies, only that of the outermost `begin` counts. */
  static begin<E>(stage: string | Pattern<E>, skip: SkipStrategy = NO_SKIP): Pattern<E> {
    return new Pattern<E>(stage, undefined, 'strict', skip);
  }

  /** Strict contiguity: the very next event of the key. */
  next(stage: string | Pattern<E>): Pattern<E> {
    return this.#append(stage, 'strict');
  }

  /** Relaxed contiguity: events that do not fit are skipped. */
  followedBy(stage: string | Pattern<E>): Pattern<E> {
    return this.#append(stage, 'skip-till-next');
  }

  /** Non-deterministic relaxed contiguity: events that fit may be skipped too. */
  followedByAny(stage: string | Pattern<E>): Pattern<E> {
    return this.#append(stage, 'skip-till-any');
  }

  notNext(name: string): Pattern<E> {
    this.#refuseNotAfterOptional();
    return this.#append(name, 'not-next');
  }

  notFollowedBy(name: string): Pattern<E> {
    this.#refuseNotAfterOptional();
    return this.#append(name, 'not-follow');
  }

  /** A second call is AND. */
  where(condition: Condition<E>): this {
    this.#refuseConditionOnGroup('where');
    const test = holds(condition);
    this.#predicate = this.#predicate === undefined ? test : allOf(this.#predicate, test);
    return this;
  }

  /** OR with everything said so far. */
  or(condition: Condition<E>): this {
    this.#refuseConditionOnGroup('or');
    const test = holds(condition);
    this.#predicate = this.#predicate === undefined ? test : anyOf(this.#predicate, test);
    return this;
  }

  /** As `where`, for a condition that tells what kind of event it is. */
  subtype(condition: Condition<E>): this {
    this.#refuseConditionOnGroup('subtype');
    return this.where(condition);
  }

  /** Ends the collecting of a loop; the event that fits is not taken by it. */
  until(condition: Condition<E>): this {
    if (this.#until !== undefined)
      throw new PatternError('until-twice', `until() was already called for stage "${this.name}"`);
    if (this.#quantifier.kind !== 'looping') {
      throw new PatternError(
        'until-without-loop',
        `until() needs oneOrMore() or timesOrMore() before it, on stage "${this.name}"`,
      );
    }
    this.#until = holds(condition);
    return this;
  }

  within(windowMs: number, type: WithinType = 'FIRST_AND_LAST'): this {
    this.#windows.set(type, windowMs);
    return this;
  }

  optional(): this {
    if (this.previous?.quantifier.isGreedy === true) {
      throw new PatternError('optional-after-greedy', `stage "${this.name}" cannot be optional after a greedy stage`);
    }
    this.#quantifier.optional();
    return this;
  }

  greedy(): this {
    this.#refuseOnNot();
    if (this.group !== undefined) throw new PatternError('greedy-on-group', 'a group cannot be greedy');
    this.#quantifier.greedy();
    return this;
  }

  consecutive(): this {
    this.#quantifier.setInner('strict');
    return this;
  }

  allowCombinations(): this {
    this.#quantifier.setInner('skip-till-any');
    return this;
  }

  oneOrMore(windowMs?: number): this {
    return this.#quantify('looping', 1, 1, windowMs);
  }

  times(count: number, windowMs?: number): this {
    return this.#quantify('times', count, count, windowMs);
  }

  /** A lower bound of 0 means optional, and at least once if not skipped. */
  timesRange(from: number, to: number, windowMs?: number): this {
    this.#quantify('times', from === 0 ? 1 : from, to, windowMs);
    if (from === 0) this.#quantifier.optional();
    return this;
  }

  timesOrMore(count: number, windowMs?: number): this {
    return this.#quantify('looping', count, count, windowMs);
  }

  get quantifier(): Quantifier {
    return this.#quantifier;
  }

  /** What the stage's event must satisfy; undefined if anything will do. */
  get predicate(): Predicate<E> | undefined {
    return this.#predicate;
  }

  get untilPredicate(): Predicate<E> | undefined {
    return this.#until;
  }

  get timesBounds(): Times | undefined {
    return this.#times;
  }

  window(type: WithinType): number | undefined {
    return this.#windows.get(type);
  }

  #append(stage: string | Pattern<E>, contiguity: Contiguity): Pattern<E> {
    return new Pattern<E>(stage, this, contiguity, this.skip);
  }

  #quantify(kind: 'looping' | 'times', from: number, to: number, windowMs: number | undefined): this {
    this.#refuseOnNot();
    if (this.#quantifier.kind !== 'single') {
      throw new PatternError('quantifier-twice', `stage "${this.name}" already has a quantifier`);
    }
    const bounds = times(from, to, windowMs);
    this.#quantifier = new Quantifier(kind, this.#quantifier.contiguity);
    this.#times = bounds;
    return this;
  }

  #refuseOnNot(): void {
    if (this.#quantifier.isNot) {
      throw new PatternError('quantifier-on-not-stage', `the not stage "${this.name}" takes no quantifier`);
    }
  }

  #refuseNotAfterOptional(): void {
    if (this.#quantifier.isOptional) {
      throw new PatternError('not-after-optional', `a not stage cannot follow "${this.name}", which is optional`);
    }
  }

  #refuseConditionOnGroup(call: string): void {
    if (this.group !== undefined)
      throw new PatternError('condition-on-group', `${call}() is for stages, not for groups`);
  }
}
