/**
 * Patterns that Apache Flink CEP refuses, or on which it fails or never returns: found here in the words of the file and
 * at the place to change. `trial-build.ts` stands behind it: what this misses, the engine itself refuses.
 */
import type { Pattern, Step } from '../spec/application.js';
import { renderDuration } from '../common/duration-text.js';
import type { Findings } from './findings.js';
import { isNot, walkSteps } from './stages.js';

export function refusePattern(pattern: Pattern, findings: Findings): void {
  refuseSequence(pattern.steps, findings);
  for (const { step } of walkSteps(pattern.steps)) refuseStep(step, pattern.within, findings);
  refuseOpenEnd(pattern, findings);
  refuseNotAfterEmptyGroup(pattern.steps, findings);
  refuseSkip(pattern, findings);
  refuseUnknownReached(pattern, findings);
}

/** What depends on the step before. */
function refuseSequence(steps: readonly Step[], findings: Findings): void {
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    const path = [...step.path, step.relation];
    if ((step.relation === 'begin') !== (index === 0)) {
      findings.error(
        'TG320',
        index === 0 ? `the first step is a "${step.relation}"` : `"begin: ${step.name}" is not the first step`,
        path,
        {
          part: 'key',
          help:
            index === 0
              ? `write "begin: ${step.name}"`
              : 'write next, followedBy or followedByAny: how it follows the step before',
        },
      );
    }
    if (step.steps !== undefined) refuseSequence(step.steps, findings);
    if (before === undefined) continue;
    if (isNot(step) && isSkippable(before)) {
      findings.error('TG310', `"${step.relation}" cannot follow the optional step "${before.name}"`, path, {
        part: 'key',
        help: 'if the optional step is skipped, it is not said from where on nothing may come: put a step that must occur between them',
        related: [{ message: 'the optional step', path: before.path }],
      });
    }
    if (before.greedy && callsOptional(step)) {
      findings.error(
        'TG314',
        `the step "${step.name}" cannot be optional after the greedy step "${before.name}"`,
        path,
        {
          help: `remove greedy from "${before.name}", or let "${step.name}" occur at least once`,
          related: [{ message: 'the greedy step', path: [...before.path, 'greedy'] }],
        },
      );
    }
  }
}

/** What one step says of itself. */
function refuseStep(step: Step, within: number | undefined, findings: Findings): void {
  if (isNot(step)) return refuseOnNot(step, findings);
  refuseTimes(step, findings);
  if (step.steps !== undefined && step.from !== undefined) {
    findings.error(
      'TG321',
      `the group "${step.name}" has a from, which says whose events fit a step`,
      [...step.path, 'from'],
      {
        part: 'key',
        help: 'give it to the steps of the group',
      },
    );
  }
  if (step.greedy && (step.times === undefined || step.steps !== undefined)) {
    findings.error('TG313', `the ${kindOf(step)} "${step.name}" cannot be greedy`, [...step.path, 'greedy'], {
      part: 'key',
      help:
        step.steps === undefined
          ? 'greedy says how a step that repeats takes its events: add times, or remove greedy'
          : 'remove greedy, or give it to a step of the group that repeats',
    });
  }
  if (step.until.length > 0 && step.times?.to !== null) {
    findings.error(
      'TG315',
      `"until" ends a repetition without an upper bound, and "${step.name}" has none`,
      [...step.path, 'until'],
      {
        part: 'key',
        help: `write times: ${Math.max(1, step.times?.from ?? 1)}.. , or remove until`,
      },
    );
  }
  if (step.repeat !== 'relaxed' && step.times === undefined) {
    findings.error(
      'TG316',
      `"repeat" says what may lie between the events of a step, and "${step.name}" has one`,
      [...step.path, 'repeat'],
      {
        part: 'key',
        help: 'add times, or remove repeat',
      },
    );
  }
  if (step.maxGap !== undefined && within !== undefined && step.maxGap > within) {
    findings.error(
      'TG318',
      `the gap of "${step.name}" (${renderDuration(step.maxGap)}) is longer than the whole pattern may take (${renderDuration(within)})`,
      [...step.path, 'maxGap'],
      { help: 'make maxGap at most as long as within' },
    );
  }
  if (step.steps !== undefined && step.times?.to === null && step.steps.every(takesNothing)) {
    findings.error(
      'TG319',
      `the group "${step.name}" repeats, but all its steps can be skipped`,
      [...step.path, 'times'],
      {
        help: 'it could repeat for ever without an event: let one of its steps occur at least once',
      },
    );
  }
}

function refuseTimes({ name, times, path }: Step, findings: Findings): void {
  if (times === undefined || times.to === null) return;
  const { from, to } = times;
  if (to === 0) {
    findings.error('TG322', `"${name}" can occur no time at all`, [...path, 'times'], {
      help: 'for what must not occur write notNext or notFollowedBy; for what may be left out, optional: true',
    });
  } else if (to < from) {
    findings.error('TG322', `"${name}" occurs at least ${from} and at most ${to} times`, [...path, 'times'], {
      help: `write times: ${to}..${from}`,
    });
  }
}

function refuseOnNot(step: Step, findings: Findings): void {
  const said: [key: string, is: boolean][] = [
    ['times', step.times !== undefined],
    ['optional', step.optional],
    ['greedy', step.greedy],
    ['repeat', step.repeat !== 'relaxed'],
    ['until', step.until.length > 0],
    ['steps', step.steps !== undefined],
  ];
  for (const [key, is] of said) {
    if (!is) continue;
    findings.error(
      'TG311',
      `"${step.relation}: ${step.name}" takes no events, so it has no "${key}"`,
      [...step.path, key],
      {
        part: 'key',
        help: `remove ${key}`,
      },
    );
  }
}

/** A last notFollowedBy matches when its time is over, so it needs a time. */
function refuseOpenEnd(pattern: Pattern, findings: Findings): void {
  const last = pattern.steps.at(-1);
  if (last?.relation !== 'notFollowedBy' || pattern.within !== undefined || last.maxGap !== undefined) return;
  findings.error(
    'TG312',
    `"notFollowedBy: ${last.name}" at the end needs a time until which nothing may follow`,
    [...last.path, last.relation],
    {
      part: 'key',
      help: `add within: to the pattern, e.g. "within: 15m"`,
    },
  );
}

/** Apache Flink fails with a NullPointerException on the first event here, as its builder does not look into groups. */
function refuseNotAfterEmptyGroup([group, next]: readonly Step[], findings: Findings): void {
  if (group?.steps === undefined || next === undefined || !isNot(next)) return;
  if (isSkippable(group) || !group.steps.every(takesNothing)) return;
  findings.error(
    'TG310',
    `"${next.relation}" cannot follow the group "${group.name}", as all its steps can be skipped`,
    [...next.path, next.relation],
    {
      part: 'key',
      help: 'let one step of the group occur at least once',
    },
  );
}

function refuseSkip({ skip, steps }: Pattern, findings: Findings): void {
  if (!('stage' in skip) || steps.some((step) => step.name === skip.stage && step.steps === undefined)) return;
  const inside = [...walkSteps(steps)].find(({ step }) => step.name === skip.stage);
  if (inside === undefined) {
    findings.error('TG307', `there is no step "${skip.stage}" to skip to`, skip.path, {
      help: `the steps are ${stageNames(steps.filter((step) => step.steps === undefined))}`,
    });
    return;
  }
  findings.error(
    'TG317',
    `"${skip.stage}" is ${inside.step.steps === undefined ? 'inside a group' : 'a group'}: it cannot be skipped to`,
    skip.path,
    {
      help: 'skip to a step at the outermost level',
    },
  );
}

function refuseUnknownReached({ onTimeout, steps }: Pattern, findings: Findings): void {
  if (onTimeout === undefined) return;
  const taking = [...walkSteps(steps)]
    .map(({ step }) => step)
    .filter((step) => step.steps === undefined && !isNot(step));
  if (taking.some((step) => step.name === onTimeout.reached)) return;
  findings.error('TG307', `there is no step "${onTimeout.reached}" that takes events`, [...onTimeout.path, 'reached'], {
    help: `the steps are ${stageNames(taking)}`,
  });
}

/** The step itself says that it may be skipped. */
export function isSkippable(step: Step): boolean {
  return step.optional || step.times?.from === 0;
}

/** No event need be taken here: skippable, or a group of such steps. */
export function takesNothing(step: Step): boolean {
  return isSkippable(step) || isNot(step) || (step.steps?.every(takesNothing) ?? false);
}

/** Whether `optional()` is called for the step: bounds from 0 to n say it by themselves (`build-pattern.ts`, B2). */
function callsOptional(step: Step): boolean {
  return step.times?.from === 0 ? step.times.to === null : step.optional;
}

function kindOf(step: Step): string {
  return step.steps === undefined ? 'step' : 'group';
}

function stageNames(steps: readonly Step[]): string {
  return steps.map((step) => step.name).join(', ');
}
