/** A rule's pattern: its stages typed, refused where the engine would refuse it, warned of where it surprises. */
import type { ExpressionScope } from '../expression/index.js';
import type { PatternDescriptor, PatternRule, SkipDescriptor } from '../job/stream-graph.js';
import type { Pattern, Skip } from '../spec/application.js';
import type { ExpressionChecker } from './expression-checker.js';
import type { Findings } from './findings.js';
import { emptyAtFirst } from './never-fits.js';
import { refusePattern } from './pattern-refusals.js';
import { warnOfSurprises } from './pattern-surprises.js';
import { planStages } from './plan-stages.js';
import { checkStageNames, notStages, stageScopes } from './stages.js';
import { matchScope, type RuleStreams } from './streams.js';
import { tryPattern } from './trial-build.js';

export interface PlannedPattern {
  readonly content: Pick<PatternRule, 'pattern' | 'onTimeout'>;
  /** What `select` and messages of the rule read. */
  readonly scope: ExpressionScope;
}

export function planPattern(
  pattern: Pattern,
  streams: RuleStreams,
  checker: ExpressionChecker,
  findings: Findings,
): PlannedPattern {
  const before = findings.errorCount;
  const scopes = stageScopes(pattern.steps, streams);
  const absent = notStages(pattern.steps);
  checkStageNames(pattern.steps, streams, findings);
  const context = { streams, scopes, notStages: absent, emptyAtFirst: emptyAtFirst(pattern), checker, findings };
  const descriptor: PatternDescriptor = {
    stages: planStages(pattern.steps, context),
    ...(pattern.within === undefined ? {} : { within: pattern.within }),
    skip: skipOf(pattern.skip),
  };
  refusePattern(pattern, findings);
  if (findings.errorCount === before) tryPattern(descriptor, pattern, findings);
  if (findings.errorCount === before) warnOfSurprises(pattern, descriptor.stages, findings);
  const { onTimeout } = pattern;
  return {
    content: { pattern: descriptor, ...(onTimeout === undefined ? {} : { onTimeout: { reached: onTimeout.reached } }) },
    scope: { ...matchScope(streams), stages: scopes, notStages: absent },
  };
}

/** Without its place in the file. */
function skipOf(skip: Skip): SkipDescriptor {
  return 'stage' in skip ? { kind: skip.kind, stage: skip.stage, onMiss: skip.onMiss } : { kind: skip.kind };
}
