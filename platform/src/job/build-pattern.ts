/**
 * A pattern descriptor as calls of the pattern builder. The planner builds every pattern to see whether the engine takes
 * it, and the operator builds the same pattern with compiled conditions: one function, so that both agree.
 *
 * Invariants
 * B1 Per stage the calls come in one order, which refuses the least of what Apache Flink's builder would take in any
 *    order: where, times (with the gap), optional, greedy, consecutive | allowCombinations, until, within (the gap).
 *    `times` comes before `optional`, which it would make forgotten; `greedy` before `allowCombinations`, which would
 *    refuse it; `until` after the loop that it ends.
 * B2 `optional` is not called where the bounds begin at 0, as they say so already; `0..` is an optional `1..`.
 * B3 The pattern's window is given to its last stage at the outermost level, where it counts for the whole match.
 * B4 `maxGap` is the quantifier's window on a stage with `times`, and PREVIOUS_AND_CURRENT on all others.
 */
import {
  noSkip,
  Pattern,
  skipPastLastEvent,
  skipToFirst,
  skipToLast,
  skipToNext,
  type Condition,
  type SkipStrategy,
} from '@tidegate/cep';
import type { ConditionDescriptor, PatternDescriptor, SkipDescriptor, StageDescriptor } from './stream-graph.js';

/** Makes a condition callable, or stands in for it in a trial. */
export type BindCondition<E> = (condition: ConditionDescriptor) => Condition<E>;

/** Throws a PatternError where the engine refuses the pattern. */
export function buildPattern<E>(descriptor: PatternDescriptor, bind: BindCondition<E>): Pattern<E> {
  const pattern = buildStages(descriptor.stages, bind, skipStrategyOf(descriptor.skip));
  return descriptor.within === undefined ? pattern : pattern.within(descriptor.within);
}

function buildStages<E>(stages: readonly StageDescriptor[], bind: BindCondition<E>, skip: SkipStrategy): Pattern<E> {
  let pattern: Pattern<E> | undefined;
  for (const stage of stages) {
    const content = stage.steps === undefined ? stage.name : buildStages(stage.steps, bind, noSkip());
    pattern = pattern === undefined ? Pattern.begin(content, skip) : append(pattern, stage, content);
    describe(pattern, stage, bind);
  }
  if (pattern === undefined) throw new Error('a pattern has at least one stage');
  return pattern;
}

function append<E>(pattern: Pattern<E>, stage: StageDescriptor, content: string | Pattern<E>): Pattern<E> {
  switch (stage.relation) {
    case 'begin':
      throw new Error(`stage ${stage.name} begins, but is not the first`);
    case 'notNext':
    case 'notFollowedBy':
      return pattern[stage.relation](stage.name);
    default:
      return pattern[stage.relation](content);
  }
}

function describe<E>(pattern: Pattern<E>, stage: StageDescriptor, bind: BindCondition<E>): void {
  for (const condition of stage.where) pattern.where(bind(condition));
  if (stage.times !== undefined) quantify(pattern, stage.times, stage.maxGap);
  const saidByBounds = stage.times?.from === 0;
  if (stage.optional && !saidByBounds) pattern.optional();
  if (stage.greedy) pattern.greedy();
  if (stage.repeat === 'consecutive') pattern.consecutive();
  if (stage.repeat === 'combinations') pattern.allowCombinations();
  if (stage.until !== undefined) pattern.until(bind(stage.until));
  if (stage.maxGap !== undefined && stage.times === undefined) pattern.within(stage.maxGap, 'PREVIOUS_AND_CURRENT');
}

function quantify<E>(
  pattern: Pattern<E>,
  { from, to }: NonNullable<StageDescriptor['times']>,
  maxGap: number | undefined,
): void {
  if (to === null && from === 0) pattern.oneOrMore(maxGap).optional();
  else if (to === null) pattern.timesOrMore(from, maxGap);
  else if (from === to) pattern.times(from, maxGap);
  else pattern.timesRange(from, to, maxGap);
}

function skipStrategyOf(skip: SkipDescriptor): SkipStrategy {
  switch (skip.kind) {
    case 'none':
      return noSkip();
    case 'toNext':
      return skipToNext();
    case 'pastLastEvent':
      return skipPastLastEvent();
    case 'toFirst':
    case 'toLast': {
      const strategy = skip.kind === 'toFirst' ? skipToFirst(skip.stage) : skipToLast(skip.stage);
      return skip.onMiss === 'fail' ? strategy.throwExceptionOnMiss() : strategy;
    }
  }
}
