/**
 * Patterns that the engine takes and that do something else than most readers expect. Each finding says what happens and
 * what to write instead; the behaviour itself is Apache Flink CEP's.
 */
import type { StageDescriptor } from '../job/stream-graph.js';
import type { Pattern, Step } from '../spec/application.js';
import type { Findings } from './findings.js';
import { isSkippable } from './pattern-refusals.js';
import { isNot, walkSteps } from './stages.js';

export function warnOfSurprises(pattern: Pattern, stages: readonly StageDescriptor[], findings: Findings): void {
  const last = pattern.steps.at(-1) as Step;
  warnOfOpenEnd(last, findings);
  warnOfLastNot(pattern, last, findings);
  warnOfUnboundedWait(pattern, findings);
  warnOfSkipTarget(pattern, findings);
  for (const [index, step] of pattern.steps.entries()) warnOfGreedy(pattern.steps, stages, index, step, findings);
  for (const { step } of walkSteps(pattern.steps)) warnOfGap(step, step === pattern.steps[0], findings);
}

/** A match is complete as soon as the last step may end, and again with every further event that it takes. */
function warnOfOpenEnd(last: Step, findings: Findings): void {
  const { times } = last;
  if (times !== undefined && times.to !== times.from) {
    findings.warning(
      'TG342',
      `the last step "${last.name}" is open-ended: there is an alert at every further event that it takes`,
      [...last.path, 'times'],
      {
        help:
          times.from > 1
            ? `for one alert write times: ${times.from}, or add a step after it, or suppress: { for: ... }`
            : 'for one alert add a step after it, skip: pastLastEvent, or suppress: { for: ... }',
      },
    );
  } else if (last.optional) {
    findings.warning(
      'TG342',
      `the last step "${last.name}" is optional: there is an alert without it, and another one with it`,
      [...last.path, 'optional'],
      { part: 'key', help: 'leave it out, or let it occur' },
    );
  }
}

function warnOfLastNot({ onTimeout }: Pattern, last: Step, findings: Findings): void {
  if (last.relation === 'notFollowedBy' && onTimeout !== undefined) {
    findings.warning(
      'TG345',
      `"notFollowedBy: ${last.name}" at the end gives a match when its time is over, never a timeout`,
      onTimeout.path,
      { help: 'its alerts go where "to" says; onTimeout is for patterns that were not completed before that' },
    );
  }
  if (last.relation === 'notNext') {
    findings.warning(
      'TG347',
      `"notNext: ${last.name}" at the end matches at the next event of the key, not when time passes`,
      [...last.path, last.relation],
      { part: 'key', help: 'for an alert when nothing comes, write notFollowedBy and within' },
    );
  }
}

function warnOfUnboundedWait(pattern: Pattern, findings: Findings): void {
  const { within, skip, onTimeout } = pattern;
  const steps = [...walkSteps(pattern.steps)].map(({ step }) => step);
  if (within !== undefined) return;
  if (onTimeout !== undefined && !steps.some((step) => step.maxGap !== undefined)) {
    findings.warning(
      'TG346',
      'without "within" the pattern never runs out of time, so onTimeout gets nothing',
      onTimeout.path,
      {
        help: 'add within: to the pattern',
      },
    );
  }
  if (skip.kind !== 'none') {
    findings.warning(
      'TG343',
      `with a skip strategy and without "within" a match may be held back for ever`,
      [...pattern.path, 'skip'],
      { help: 'a match waits while an older partial match lives: add within:, so that those come to an end' },
    );
  } else if (steps.length > 1 || steps.some((step) => step.times !== undefined)) {
    findings.warning('TG352', 'without "within" partial matches are kept for ever, and the state grows', pattern.path, {
      part: 'key',
      help: 'add within: to the pattern',
    });
  }
}

function warnOfSkipTarget({ skip, steps }: Pattern, findings: Findings): void {
  if (!('stage' in skip)) return;
  const index = steps.findIndex((step) => step.name === skip.stage);
  const target = steps[index];
  if (target === undefined) return;
  if (isNot(target)) {
    findings.warning('TG348', `"${target.name}" takes no events, so there is nothing to skip to`, skip.path, {
      help: 'skip to a step that takes events',
    });
  }
  const beginsMatch = index === 0 && !isSkippable(target);
  if (beginsMatch && skip.onMiss === 'fail' && (skip.kind === 'toFirst' || target.times === undefined)) {
    findings.warning(
      'TG353',
      `"${target.name}" begins every match, so skipping to it does not move forward and the first match fails the job`,
      skip.path,
      { help: 'remove onMiss: fail, or skip to a later step' },
    );
  }
}

function warnOfGreedy(
  steps: readonly Step[],
  stages: readonly StageDescriptor[],
  index: number,
  step: Step,
  findings: Findings,
): void {
  if (!step.greedy || step.times === undefined) return;
  const path = [...step.path, 'greedy'];
  const next = steps[index + 1];
  if (next === undefined || step.times.from === step.times.to) {
    findings.warning(
      'TG348',
      next === undefined
        ? `greedy has no effect on the last step "${step.name}"`
        : `greedy has no effect on "${step.name}", which takes a fixed number of events`,
      path,
      { part: 'key', help: 'remove greedy' },
    );
    return;
  }
  const fits = conditionIds(stages[index]);
  if (isNot(next) || next.steps !== undefined || fits === undefined || fits !== conditionIds(stages[index + 1])) return;
  findings.warning(
    'TG350',
    `"${next.name}" never gets an event: whatever fits it fits the greedy step "${step.name}" too, which takes it`,
    [...next.path, next.relation],
    { help: `remove greedy from "${step.name}", or give "${next.name}" a condition that "${step.name}" does not have` },
  );
}

function conditionIds(stage: StageDescriptor | undefined): string | undefined {
  return stage?.where.map(({ id }) => id).join();
}

function warnOfGap(step: Step, isFirst: boolean, findings: Findings): void {
  if (step.maxGap === undefined) return;
  const path = [...step.path, 'maxGap'];
  if (step.steps !== undefined) {
    findings.warning('TG348', `maxGap has no effect on the group "${step.name}"`, path, {
      part: 'key',
      help: 'give it to the steps of the group',
    });
  } else if (isFirst && step.times === undefined) {
    findings.warning('TG348', `maxGap has no effect on the first step "${step.name}", which has none before it`, path, {
      part: 'key',
      help: 'remove it, or give it to the next step',
    });
  } else if (step.times?.to === null) {
    findings.warning(
      'TG349',
      `maxGap of "${step.name}" limits the wait for its first events only, not the gaps while it goes on repeating`,
      path,
      {
        part: 'key',
        help: 'write an upper bound of times, or compare times in the condition: eventTime() - eventTime(last()) < duration("5m")',
      },
    );
  }
}
