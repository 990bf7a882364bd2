/** Makes plain values for the host of runs that have come to an end. */
import type { Run } from './key-state.js';
import type { Match, StageEvents, Timeout } from './match.js';
import type { Rule } from './rule.js';
import type { TimeOrigin } from './time-origin.js';

/** `deadline` is the end of the run's window. */
export function matchOf<K, E>(
  rule: Rule<E>,
  origin: TimeOrigin,
  key: K,
  run: Run<E>,
  deadline: number,
  at: number,
): Match<K, E> {
  return {
    rule: rule.index,
    key,
    stages: stagesOf(rule, run),
    firstTimestamp: origin.timestamp(run.first.timestamp),
    lastTimestamp: origin.timestamp(run.timestamp),
    at: origin.timestamp(at),
    deadline: rule.isPending[run.position] === true ? origin.timestamp(deadline) : undefined,
  };
}

export function timeoutOf<K, E>(rule: Rule<E>, origin: TimeOrigin, key: K, run: Run<E>, now: number): Timeout<K, E> {
  const gapEnd = run.timestamp + (rule.gapWindows[run.position] ?? Infinity);
  // Where both windows have run out by now, the gap's end is the one that counts.
  const at = gapEnd <= now && gapEnd < Infinity ? gapEnd : run.first.timestamp + rule.window;
  return {
    rule: rule.index,
    key,
    stages: stagesOf(rule, run),
    firstTimestamp: origin.timestamp(run.first.timestamp),
    lastTimestamp: origin.timestamp(run.timestamp),
    at: origin.timestamp(at),
  };
}

/** In the order of their first events. A run mostly stays in a stage or goes on to the next, so the last is tried first. */
function stagesOf<E>(rule: Rule<E>, end: Run<E>): StageEvents<E>[] {
  if (end.parent === undefined) return [{ stage: rule.stages[end.stage] ?? '', events: [end.event] }];
  const path: Run<E>[] = [];
  for (let run: Run<E> | undefined = end; run !== undefined; run = run.parent) path.push(run);
  const stages: { readonly stage: string; readonly events: E[] }[] = [];
  for (let position = path.length - 1; position >= 0; position--) {
    const { stage: index, event } = path[position] as Run<E>;
    const stage = rule.stages[index] ?? '';
    let place = stages.length - 1;
    while (place >= 0 && stages[place]?.stage !== stage) place--;
    if (place < 0) stages.push({ stage, events: [event] });
    else stages[place]?.events.push(event);
  }
  return stages;
}
