/** Patterns: steps keyed by Flink's words to stages with their relation. */
import type { ValueOf } from '@tidegate/connectors/api';
import type { Pattern, Skip, Step } from '../application.js';
import type { pattern, step } from '../declaration/pattern.js';
import type { Path } from '../positions.js';
import { pathText } from '../read/path-text.js';
import type { BuildContext } from './context.js';
import { splitDestinations, type DestinationDrafts } from './destinations.js';

type PatternDraft = ValueOf<typeof pattern, 'draft'>;
type StepDraft = ValueOf<typeof step, 'draft'>;

/** Undefined when a step is missing its name, which was reported: what follows from that says nothing. */
export function buildPattern(draft: PatternDraft, path: Path, context: BuildContext): Pattern | undefined {
  const steps = buildSteps(draft.steps, [...path, 'steps'], context);
  if (steps === undefined) return undefined;
  const { within, onTimeout } = draft;
  return {
    ...(within === undefined ? {} : { within }),
    skip: buildSkip(draft.skip, [...path, 'skip']),
    steps,
    ...(onTimeout?.reached === undefined
      ? {}
      : { onTimeout: buildTimeout(onTimeout.reached, onTimeout.to ?? [], [...path, 'onTimeout']) }),
    path,
  };
}

function buildTimeout(reached: string, to: DestinationDrafts, path: Path): NonNullable<Pattern['onTimeout']> {
  return { reached, ...splitDestinations(to, [...path, 'to']), path };
}

function buildSteps(
  drafts: readonly StepDraft[] | undefined,
  path: Path,
  context: BuildContext,
): readonly Step[] | undefined {
  if (drafts === undefined) return undefined;
  if (drafts.length === 0) {
    context.diagnostics.error('TG113', `${pathText(path)} is empty`, {
      range: context.positions.locate(path, 'key'),
      help: 'Write at least one step, such as - begin: first.',
    });
    return undefined;
  }
  const steps = drafts.map((draft, index) => buildStep(draft, [...path, index], context));
  return steps.every((one) => one !== undefined) ? steps : undefined;
}

function buildStep(draft: StepDraft, path: Path, context: BuildContext): Step | undefined {
  if (draft.variant?.value === undefined) return undefined;
  const { variant, renamedFrom, from, times, maxGap } = draft;
  // The declaration refers to itself, which its type cannot say.
  const inner = draft.steps as readonly StepDraft[] | undefined;
  const steps = inner === undefined ? undefined : buildSteps(inner, [...path, 'steps'], context);
  if (inner !== undefined && steps === undefined) return undefined;
  if (steps !== undefined && draft.where !== undefined) {
    context.diagnostics.error('TG114', `${pathText(path)} has both where and steps; exactly one can be written`, {
      range: context.positions.locate([...path, 'where'], 'key'),
      help: 'Put the condition on the steps of the group.',
    });
  }
  return {
    relation: variant.kind,
    name: variant.value as string,
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    ...(from === undefined ? {} : { from }),
    where: draft.where ?? [],
    ...(steps === undefined ? {} : { steps }),
    ...(times === undefined ? {} : { times }),
    optional: draft.optional,
    greedy: draft.greedy,
    repeat: draft.repeat,
    until: draft.until ?? [],
    ...(maxGap === undefined ? {} : { maxGap }),
    path,
  };
}

function buildSkip(draft: PatternDraft['skip'], path: Path): Skip {
  if (draft === undefined) return { kind: 'none' };
  if (typeof draft === 'string') return { kind: draft };
  if (draft.variant?.value === undefined) return { kind: 'none' };
  return { kind: draft.variant.kind, stage: draft.variant.value, onMiss: draft.onMiss, path };
}
