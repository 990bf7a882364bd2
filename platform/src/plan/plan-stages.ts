/** The steps of a pattern as stage descriptors: every condition typed in its scope. */
import { fingerprint, type ExpressionScope, type StageScope } from '../expression/index.js';
import { nearestName } from '../common/nearest-name.js';
import type { TypedTree } from '../expression/tree.js';
import type { StageDescriptor } from '../job/stream-graph.js';
import type { ExpressionText, Step } from '../spec/application.js';
import { conditionOf, splitConditions } from './condition.js';
import type { ExpressionChecker } from './expression-checker.js';
import type { Findings } from './findings.js';
import { fingerprintOf } from './fingerprint.js';
import { canFit, emptyReads, type EmptyAtFirst } from './never-fits.js';
import { eventScope, type RuleStreams } from './streams.js';

export interface StageContext {
  readonly streams: RuleStreams;
  /** Every stage of the pattern: a condition may name all of them. */
  readonly scopes: ReadonlyMap<string, StageScope>;
  readonly notStages: ReadonlySet<string>;
  readonly emptyAtFirst: ReadonlyMap<Step, EmptyAtFirst>;
  readonly checker: ExpressionChecker;
  readonly findings: Findings;
}

export function planStages(steps: readonly Step[], context: StageContext): StageDescriptor[] {
  return steps.map((step) => planStage(step, context));
}

function planStage(step: Step, context: StageContext): StageDescriptor {
  const { streams, checker } = context;
  const scope: ExpressionScope = {
    ...eventScope(streams, step.from),
    stages: context.scopes,
    notStages: context.notStages,
  };
  refuseForeignInputs(step, context);
  const isOfAllInputs = step.from?.length === streams.inputs.length;
  const where = splitConditions(planWhere(step, scope, context), isOfAllInputs ? undefined : step.from);
  const inputs = [...streams.records.keys()];
  const until = step.until.flatMap((expression) => checker.condition(expression, scope, inputs) ?? []);
  const steps = step.steps === undefined ? undefined : planStages(step.steps, context);
  const manner = {
    relation: step.relation,
    ...(step.times === undefined ? {} : { times: step.times }),
    optional: step.optional,
    greedy: step.greedy,
    repeat: step.repeat,
    ...(step.maxGap === undefined ? {} : { maxGap: step.maxGap }),
  };
  const meaning = [
    manner,
    where.map((condition) => condition.id),
    until.map(fingerprint),
    steps?.map((member) => [member.name, member.fingerprint]) ?? null,
  ];
  return {
    name: step.name,
    ...(step.renamedFrom === undefined ? {} : { renamedFrom: step.renamedFrom }),
    ...manner,
    where,
    ...(steps === undefined ? {} : { steps }),
    ...(until.length === 0 ? {} : { until: conditionOf(until) }),
    fingerprint: fingerprintOf(...meaning),
  };
}

/** A step reads some of the rule's inputs, and no other stream. */
function refuseForeignInputs({ name, from, path }: Step, { streams, findings }: StageContext): void {
  const inputs = [...streams.records.keys()];
  for (const [index, input] of (from ?? []).entries()) {
    if (streams.records.has(input)) continue;
    const suggestion = nearestName(input, inputs);
    findings.error(
      'TG308',
      `the step "${name}" reads "${input}", which the rule does not read`,
      [...path, 'from', index],
      {
        ...(suggestion === undefined ? {} : { suggestion }),
        help: `add ${input} to the rule's from; it has ${inputs.join(', ')}`,
      },
    );
  }
}

function planWhere(step: Step, scope: ExpressionScope, context: StageContext): TypedTree[] {
  const empty = context.emptyAtFirst.get(step);
  const inputs = [...context.streams.records.keys()];
  return step.where.flatMap((expression) => {
    const tree = context.checker.condition(expression, scope, inputs);
    if (tree !== undefined && empty !== undefined && !canFit(tree, empty)) {
      warnOfNeverFitting(step, expression, emptyReads(tree, empty), context);
    }
    return tree ?? [];
  });
}

function warnOfNeverFitting(
  step: Step,
  expression: ExpressionText,
  reads: readonly string[],
  { scopes, findings }: StageContext,
): void {
  const names = reads.map((name) => `"${name}"`).join(' and ');
  const readsOwnList = reads.includes(step.name) && scopes.get(step.name)?.holds === 'many';
  findings.warning(
    'TG344',
    `the step "${step.name}" never takes an event: its condition reads ${names}, and there is none yet when it is asked first`,
    expression.path,
    {
      help: readsOwnList
        ? `write "size(${step.name}) == 0 || ..." before it, or compare with the step before`
        : 'name a step that comes before it',
    },
  );
}
