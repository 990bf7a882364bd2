/** Makes plain values for the host of runs that have come to an end. */
import type { Run } from './key-state.js';
import type { Match, StageEvents, Timeout } from './match.js';
import type { Rule } from './rule.js';

/** `deadline` is the end of the run's window. */
export function matchOf<K, E>(rule: Rule<E>, key: K, run: Run<E>, deadline: number, at: number): Match<K, E> {
  return {
    rule: rule.index,
    key,
    stages: stagesOf(rule, run),
    firstTimestamp: run.first.timestamp,
    lastTimestamp: run.timestamp,
    at,
    deadline: rule.isPending[run.position] === true ? deadline : undefined,
  };
}

export function timeoutOf<K, E>(rule: Rule<E>, key: K, run: Run<E>, now: number): Timeout<K, E> {
  const gapEnd = run.timestamp + (rule.gapWindows[run.position] ?? Infinity);
  return {
    rule: rule.index,
    key,
    stages: stagesOf(rule, run),
    firstTimestamp: run.first.timestamp,
    lastTimestamp: run.timestamp,
    // Where both windows have run out by now, the gap's end is the one that counts.
    at: gapEnd <= now && gapEnd < Infinity ? gapEnd : run.first.timestamp + rule.window,
  };
}

function stagesOf<E>(rule: Rule<E>, end: Run<E>): StageEvents<E>[] {
  if (end.parent === undefined) return [{ stage: nameOf(rule, end), events: [end.event] }];
  const path: Run<E>[] = [];
  for (let run: Run<E> | undefined = end; run !== undefined; run = run.parent) path.push(run);
  const stages = new Map<number, E[]>();
  for (let position = path.length - 1; position >= 0; position--) {
    const { stage, event } = path[position] as Run<E>;
    const events = stages.get(stage);
    if (events === undefined) stages.set(stage, [event]);
    else events.push(event);
  }
  return Array.from(stages, ([stage, events]) => ({ stage: rule.stages[stage] ?? '', events }));
}

function nameOf<E>({ stages }: Rule<E>, { stage }: Run<E>): string {
  return stages[stage] ?? '';
}
