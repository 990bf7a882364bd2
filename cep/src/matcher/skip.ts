/** What a skip strategy makes of completed matches: which are given now, and which runs they discard. */
import { PatternError } from '../pattern/pattern-error.js';
import type { Run } from './key-state.js';
import type { Rule } from './rule.js';
import { isBefore, isEarlier, type RunHeap } from './run-heap.js';

/**
 * Removes the first match in order from `completed`, discards runs from both heaps, and returns it.
 * With a strategy other than noSkip, a match waits while a partial run that began before it lives: then undefined.
 */
export function takeMatch<E>(rule: Rule<E>, partial: RunHeap<E>, completed: RunHeap<E>): Run<E> | undefined {
  const match = completed.first;
  if (match === undefined) return undefined;
  const oldest = partial.first;
  if (rule.skip.kind !== 'noSkip' && oldest !== undefined && isBefore(oldest, match)) return undefined;
  completed.poll();
  discard(rule, match, partial, completed);
  return match;
}

function discard<E>(rule: Rule<E>, match: Run<E>, partial: RunHeap<E>, completed: RunHeap<E>): void {
  const last = limit(rule, match);
  if (last === undefined) return;
  const isInclusive = rule.skip.kind === 'skipToNext' || rule.skip.kind === 'skipPastLastEvent';
  const isDiscarded = ({ first }: Run<E>): boolean => (isInclusive ? !isEarlier(last, first) : isEarlier(first, last));
  partial.removeAll(isDiscarded);
  completed.removeAll(isDiscarded);
}

/** The run that took the event which others must begin at (or after) to live on; undefined to discard none. */
function limit<E>(rule: Rule<E>, match: Run<E>): Run<E> | undefined {
  const { skip } = rule;
  switch (skip.kind) {
    case 'noSkip':
      return undefined;
    case 'skipToNext':
      return match.first;
    case 'skipPastLastEvent':
      return match;
    default: {
      const target = eventOf(match, rule.skipStage, skip.kind === 'skipToLast');
      if (!skip.throwOnMiss) return target;
      if (target === undefined)
        throw new PatternError(
          'skip-stage-missed',
          `rule "${rule.name}": a match has no event of stage "${skip.stage}" to skip to`,
        );
      if (target.timestamp === match.first.timestamp && target.ordinal === match.first.ordinal)
        throw new PatternError(
          'skip-to-first-event',
          `rule "${rule.name}": stage "${skip.stage}" has the first event of the match, so skipping to it would not move forward`,
        );
      return target;
    }
  }
}

function eventOf<E>(match: Run<E>, stage: number, isLast: boolean): Run<E> | undefined {
  let found: Run<E> | undefined;
  for (let run: Run<E> | undefined = match; run !== undefined; run = run.parent) {
    if (run.stage !== stage) continue;
    if (isLast) return run;
    found = run;
  }
  return found;
}
