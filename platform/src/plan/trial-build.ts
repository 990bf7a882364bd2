/**
 * Builds the pattern as the operator will, with conditions that are never asked: what the engine refuses here it would
 * refuse when the job starts. `pattern-refusals.ts` finds what is known with better words and places.
 */
import { compile, PatternError, type Condition } from '@tidegate/cep';
import { buildPattern } from '../job/build-pattern.js';
import type { ConditionDescriptor, PatternDescriptor } from '../job/stream-graph.js';
import type { Pattern } from '../spec/application.js';
import type { Findings } from './findings.js';

export function tryPattern(descriptor: PatternDescriptor, pattern: Pattern, findings: Findings): void {
  try {
    compile([{ name: 'trial', pattern: buildPattern(descriptor, neverAsked) }]);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    findings.error('TG329', `the pattern engine refuses this pattern: ${error.message}`, pattern.path, { part: 'key' });
  }
}

function neverAsked({ id, eventOnly }: ConditionDescriptor): Condition<never> {
  return { id, eventOnly, test: () => false };
}
