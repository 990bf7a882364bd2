/**
 * Pattern matching over keyed streams, with the semantics of Apache Flink CEP.
 *
 *     Pattern ──compile──► PatternSet ──► PatternOperator ──► PatternOutput
 *                                             │
 *                                         MatchStore
 */
export type { Captured, Comparison, ComparisonOperator, Condition } from './pattern/condition.js';
export { Pattern, type WithinType } from './pattern/pattern.js';
export { PatternError, type JavaException, type PatternErrorCode } from './pattern/pattern-error.js';
export {
  noSkip,
  skipPastLastEvent,
  skipToFirst,
  skipToLast,
  skipToNext,
  type SkipStrategy,
} from './pattern/skip-strategy.js';
export type { Match, PatternOutput, StageEvents, Timeout } from './matcher/match.js';
export type { KeyState } from './matcher/key-state.js';
export { compile, type PatternSet } from './operator/pattern-set.js';
export { HeapMatchStore, type MatchStore } from './operator/match-store.js';
export type { OperatorCounters, PatternOperatorOptions, RuleDefinition } from './operator/options.js';
export { PatternOperator } from './operator/pattern-operator.js';
