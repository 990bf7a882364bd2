/**
 * What a rule keeps of the partial matches of the rule that it was, from their descriptions alone.
 *
 * Invariant: an event stays in a partial match only if the step that took it means the same in both rules, and all steps
 * before it do.
 */
import type { GraphDescription, RuleDescription, SetDescription, StepMeaning } from './set-description.js';

/** Names that were written on the left, names now on the right. */
export interface KeptMatches {
  /** The rule's name in the states. */
  readonly rule: string;
  /** Stages whose events stay. A partial match that took an event of another stage is dropped. */
  readonly stages: ReadonlyMap<string, string>;
  /**
   * Where a partial match that is kept may wait besides at `stages`: at the beginning of the first step that changed.
   * Absent: no step changed, or the pattern now ends before it.
   */
  readonly next?: { readonly before: string; readonly after: string };
}

/** By the name of the rule now; rules that keep nothing are not there. */
export function compareSets(before: SetDescription, after: SetDescription): ReadonlyMap<string, KeptMatches> {
  const written = new Map(before.rules.map((rule) => [rule.name, rule]));
  const kept = new Map<string, KeptMatches>();
  for (const rule of after.rules) {
    // A name that is still there decides first, so that a `renamedFrom` may stay when it has done its work.
    const former = written.get(rule.name) ?? written.get(rule.renamedFrom ?? '');
    if (former === undefined) continue;
    const own = compareRules(former, graphOf(before, former), rule, graphOf(after, rule));
    if (own !== undefined) kept.set(rule.name, own);
  }
  return kept;
}

function graphOf({ graphs }: SetDescription, { graph }: RuleDescription): GraphDescription {
  const found = graphs[graph];
  if (found === undefined) throw new Error(`no graph ${graph} is described`);
  return found;
}

function compareRules(
  before: RuleDescription,
  graphBefore: GraphDescription,
  after: RuleDescription,
  graphAfter: GraphDescription,
): KeptMatches | undefined {
  if (before.filter !== after.filter) return undefined;
  const names = namesBefore(before.steps, after.steps);
  const isSame = (step: StepMeaning, now: StepMeaning | undefined): boolean =>
    now !== undefined &&
    (names.get(now.name) ?? now.name) === step.name &&
    now.fingerprint === step.fingerprint &&
    rolesOf(graphBefore, stagesOf(step)) === rolesOf(graphAfter, stagesOf(now));
  const found = before.steps.findIndex((step, index) => !isSame(step, after.steps[index]));
  const count = found < 0 ? before.steps.length : found;
  if (count === 0) return undefined;
  const stages = new Map<string, string>();
  for (let index = 0; index < count; index++) {
    const now = stagesOf(after.steps[index] as StepMeaning);
    stagesOf(before.steps[index] as StepMeaning).forEach((stage, place) => stages.set(stage, now[place] as string));
  }
  const [changed, next] = [before.steps[count], after.steps[count]];
  return {
    rule: before.name,
    stages,
    ...(changed === undefined || next === undefined
      ? {}
      : { next: { before: stagesOf(changed)[0] as string, after: stagesOf(next)[0] as string } }),
  };
}

/** After to before, of steps that were renamed. */
function namesBefore(before: readonly StepMeaning[], after: readonly StepMeaning[]): ReadonlyMap<string, string> {
  const written = new Set(before.map(({ name }) => name));
  return new Map(
    after.flatMap(({ name, renamedFrom }) =>
      renamedFrom === undefined || written.has(name) || !written.has(renamedFrom) ? [] : [[name, renamedFrom] as const],
    ),
  );
}

function stagesOf({ name, members }: StepMeaning): readonly string[] {
  return members ?? [name];
}

/** The states in which a run may wait for something of these stages: a notFollowedBy has one only at the end of a pattern. */
function rolesOf({ stages, positions }: GraphDescription, of: readonly string[]): string {
  return of
    .map((name) => {
      const number = stages.indexOf(name);
      return positions.flatMap(([stage, role]) => (stage === number && role !== 'stop' ? [role] : [])).join();
    })
    .join(';');
}
