/** A pattern in plain words, step by step. The words are those of the semantics, not of the builder. */
import type { Pattern, Skip, Step } from '../../spec/application.js';
import { renderDuration } from '../../common/duration-text.js';
import { conditions, destinations, indent, join } from './words.js';

export function explainPattern(pattern: Pattern): string[] {
  const { steps, within, skip, onTimeout } = pattern;
  return [
    'An alert needs',
    ...explainSteps(steps, ''),
    ...explainEnd(steps, within),
    explainSkip(skip),
    ...(onTimeout === undefined
      ? []
      : [`A sequence that has reached ${onTimeout.reached} and runs out of time goes to ${destinations(onTimeout)}.`]),
  ];
}

function explainSteps(steps: readonly Step[], number: string): string[] {
  return steps.flatMap((step, index) => {
    const own = `${number}${index + 1}`;
    return [
      `  ${own}. ${[RELATIONS[step.relation], what(step)].filter((word) => word !== '').join(' ')}`,
      ...(step.steps === undefined ? conditions(step.where).map(indent) : explainSteps(step.steps, `${own}.`)),
      ...manner(step).map((line) => indent(indent(line))),
    ];
  });
}

const RELATIONS: Record<Step['relation'], string> = {
  begin: '',
  next: 'directly after it',
  followedBy: 'later (what does not fit is passed over)',
  followedByAny: 'later, in every combination (also what fits may be passed over)',
  notNext: 'not directly after it:',
  notFollowedBy: 'never after that:',
};

function what(step: Step): string {
  const from = step.from === undefined ? '' : ` from ${join(step.from)}`;
  const when = step.where.length > 0 ? ', with' : '';
  if (step.steps !== undefined) return `the group ${step.name}${times(step, 'round')}`;
  return `${step.name}${times(step, 'event')}${from}${when}`;
}

function times({ times: bounds, optional }: Step, noun: string): string {
  const perhaps = optional || bounds?.from === 0 ? ', perhaps:' : ':';
  if (bounds === undefined) return noun === 'event' ? `${perhaps} an event` : optional ? ', perhaps' : '';
  const { from, to } = bounds;
  const least = Math.max(1, from);
  if (to === null) return `${perhaps} ${least} or more ${noun}s`;
  return from === to ? `${perhaps} ${from} ${noun}${from === 1 ? '' : 's'}` : `${perhaps} ${least} to ${to} ${noun}s`;
}

function manner(step: Step): string[] {
  const { repeat, greedy, until, maxGap, times: bounds } = step;
  const repeats = bounds !== undefined && bounds.to !== 1;
  return [
    ...(repeats ? [REPEATS[repeat]] : []),
    ...(greedy ? ['as many as there are, before the next step gets any'] : []),
    ...(until.length > 0 ? [`until ${until.map(({ text }) => text.trim()).join(' and ')}`] : []),
    ...(maxGap === undefined ? [] : [`within ${renderDuration(maxGap)} of the event before`]),
  ];
}

const REPEATS: Record<Step['repeat'], string> = {
  relaxed: 'between them, what does not fit is passed over',
  consecutive: 'directly one after the other',
  combinations: 'in every combination: also what fits may be passed over',
};

function explainEnd(steps: readonly Step[], within: number | undefined): string[] {
  const last = steps.at(-1);
  const window = within === undefined ? undefined : renderDuration(within);
  if (last?.relation === 'notFollowedBy') {
    const since = window === undefined ? 'that time is over' : `${window} have passed since the first event`;
    return [`The alert comes when ${since} and no ${last.name} came.`];
  }
  const isOpenEnded = last?.times !== undefined && last.times.to !== last.times.from;
  return [
    window === undefined
      ? 'There is no limit of time: a sequence that has begun is never given up.'
      : `The last event comes less than ${window} after the first: exactly ${window} is too late.`,
    ...(isOpenEnded ? [`There is an alert at every further event of ${last.name}.`] : []),
  ];
}

function explainSkip(skip: Skip): string {
  switch (skip.kind) {
    case 'none':
      return 'Every sequence that fits gives an alert, also when sequences share events.';
    case 'toNext':
      return 'After an alert, no other sequence that began with the same event gives one.';
    case 'pastLastEvent':
      return 'After an alert, sequences that began at or before its last event are given up.';
    case 'toFirst':
    case 'toLast':
      return `After an alert, sequences that began before its ${skip.kind === 'toFirst' ? 'first' : 'last'} ${skip.stage} are given up.`;
  }
}
