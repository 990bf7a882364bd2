/** Builds a case's pattern by the builder calls that it lists, in their order. */
import { Pattern, type WithinType } from '../pattern/pattern.js';
import {
  noSkip,
  skipPastLastEvent,
  skipToFirst,
  skipToLast,
  skipToNext,
  type SkipStrategy,
} from '../pattern/skip-strategy.js';
import type { Call, Case, Expression, SkipSpec, StageSpec } from './case.js';
import { conditionOf, SUBTYPE, type CaseEvent } from './expression.js';

type CasePattern = Pattern<CaseEvent>;

/** Throws a PatternError where the builder does. */
export function patternOf({ pattern, skip }: Pick<Case, 'pattern' | 'skip'>): CasePattern {
  return chain(pattern, skip === undefined ? noSkip() : strategyOf(skip));
}

function strategyOf(spec: SkipSpec): SkipStrategy {
  switch (spec.kind) {
    case 'noSkip':
      return noSkip();
    case 'skipToNext':
      return skipToNext();
    case 'skipPastLastEvent':
      return skipPastLastEvent();
    default: {
      const strategy = (spec.kind === 'skipToFirst' ? skipToFirst : skipToLast)(spec.stage ?? '');
      return spec.throw === true ? strategy.throwExceptionOnMiss() : strategy;
    }
  }
}

function chain(specs: readonly StageSpec[], skip: SkipStrategy): CasePattern {
  let pattern: CasePattern | undefined;
  for (const spec of specs) {
    const stage = spec.group === undefined ? (spec.name ?? '') : chain(spec.group, noSkip());
    pattern = append(pattern, spec.rel, stage, skip);
    for (const call of spec.ops) apply(pattern, call);
  }
  if (pattern === undefined) throw new Error('a pattern without stages');
  return pattern;
}

function append(
  pattern: CasePattern | undefined,
  rel: StageSpec['rel'],
  stage: string | CasePattern,
  skip: SkipStrategy,
): CasePattern {
  if (rel === 'begin' || pattern === undefined) return Pattern.begin(stage, skip);
  if (rel === 'notNext' || rel === 'notFollowedBy') {
    if (typeof stage !== 'string') throw new Error('a group cannot be a not stage');
    return pattern[rel](stage);
  }
  return pattern[rel](stage);
}

function apply(pattern: CasePattern, [name, ...args]: Call): void {
  const [first, second, third] = args as [number, number | undefined, number | undefined];
  switch (name) {
    case 'where':
    case 'or':
    case 'until':
      pattern[name](conditionOf(args[0] as Expression));
      return;
    case 'subtype':
      pattern.subtype(SUBTYPE);
      return;
    case 'optional':
    case 'greedy':
    case 'consecutive':
    case 'allowCombinations':
      pattern[name]();
      return;
    case 'oneOrMore':
      pattern.oneOrMore(args[0] as number | undefined);
      return;
    case 'times':
      pattern.times(first, second);
      return;
    case 'timesRange':
      pattern.timesRange(first, second ?? first, third);
      return;
    case 'timesOrMore':
      pattern.timesOrMore(first, second);
      return;
    case 'within':
      pattern.within(first, args[1] as WithinType | undefined);
      return;
    default:
      throw new Error(`unknown builder call "${name}"`);
  }
}
