/** What the expressions of a rule may name, place by place: for `explain`, which types expressions of its own. */
import type { ExpressionScope, StageScope } from '../expression/index.js';
import { eventScope, type RuleStreams } from './streams.js';

export interface RuleScopes {
  /** Of conditions: an event of these inputs (default: all), and the stages of a pattern. */
  condition(from?: readonly string[]): ExpressionScope;
  /** Of `select` and messages. */
  readonly alert: ExpressionScope;
}

export function ruleScopes(
  streams: RuleStreams,
  stages: ReadonlyMap<string, StageScope> | undefined,
  alert: ExpressionScope,
): RuleScopes {
  return {
    condition: (from) => ({ ...eventScope(streams, from), ...(stages === undefined ? {} : { stages }) }),
    alert,
  };
}
