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
export type {
  DueKey,
  OperatorCounters,
  PatternOperatorOptions,
  RuleDefinition,
  WaitingEvent,
} from './operator/options.js';
export { PatternOperator } from './operator/pattern-operator.js';
export { TimeOrigin } from './matcher/time-origin.js';
export { KeyStateForm } from './state/key-state-form.js';
export { NONE, PlainState, START, type PlainHeaps, type PlainNode, type PlainShare } from './state/plain-state.js';
export { InvalidStateError } from './state/invalid-state-error.js';
export { compareSets, type KeptMatches } from './state/compare-rules.js';
export { type OnDropped, type PlainStateMigration } from './state/plain-state-migration.js';
export type { RuleMeaning, SetDescription, StepMeaning } from './state/set-description.js';
