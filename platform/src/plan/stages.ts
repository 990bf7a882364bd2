/**
 * The stages of a pattern as conditions, `select` and messages see them: which names hold events, of what type, and
 * whether one event or a list. Also refuses names that cannot be told from something else.
 */
import { unionOfRecords, type StageScope } from '../expression/index.js';
import type { RecordType } from '../expression/type.js';
import type { Step } from '../spec/application.js';
import type { Findings } from './findings.js';
import { refuseReservedName } from './reserved-names.js';
import type { RuleStreams } from './streams.js';

/** Every step of a pattern, groups before their members, with the groups around it. */
export function* walkSteps(steps: readonly Step[], around: readonly Step[] = []): Generator<WalkedStep> {
  for (const step of steps) {
    yield { step, around };
    if (step.steps !== undefined) yield* walkSteps(step.steps, [...around, step]);
  }
}

export interface WalkedStep {
  readonly step: Step;
  /** Outermost first. */
  readonly around: readonly Step[];
}

export function isNot(step: Step): boolean {
  return step.relation === 'notNext' || step.relation === 'notFollowedBy';
}

/** What may be named in the pattern's expressions: the steps that take events. Of one name the first counts. */
export function stageScopes(steps: readonly Step[], streams: RuleStreams): Map<string, StageScope> {
  const scopes = new Map<string, StageScope>();
  for (const { step, around } of walkSteps(steps)) {
    if (step.steps !== undefined || isNot(step) || scopes.has(step.name)) continue;
    scopes.set(step.name, {
      holds: [...around, step].some((one) => one.times !== undefined || one.optional) ? 'many' : 'one',
      event: recordOf(step, streams),
    });
  }
  return scopes;
}

/** The steps that never take an event, so that nothing can be read from them. */
export function notStages(steps: readonly Step[]): Set<string> {
  return new Set([...walkSteps(steps)].filter(({ step }) => isNot(step)).map(({ step }) => step.name));
}

export function checkStageNames(steps: readonly Step[], streams: RuleStreams, findings: Findings): void {
  const first = new Map<string, Step>();
  const fields = unionOfRecords([...streams.records.values()]).fields;
  for (const { step } of walkSteps(steps)) {
    const path = [...step.path, step.relation];
    const same = first.get(step.name);
    if (same !== undefined) {
      findings.error('TG304', `two steps are called "${step.name}"`, path, {
        help: 'each step has a name of its own: its events are found by it',
        related: [{ message: 'the first is here', path: [...same.path, same.relation] }],
      });
      continue;
    }
    first.set(step.name, step);
    if (refuseReservedName('step', step.name, path, 'value', findings) || !Object.hasOwn(fields, step.name)) continue;
    findings.error('TG303', `the step "${step.name}" is called like a field of the events`, path, {
      help: `a condition could not tell them apart: call the step otherwise`,
    });
  }
}

function recordOf(step: Step, streams: RuleStreams): RecordType {
  const names = step.from ?? [...streams.records.keys()];
  return unionOfRecords(names.flatMap((name) => streams.records.get(name) ?? []));
}
