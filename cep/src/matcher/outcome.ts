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
    lastTimestamp: run.taken.timestamp,
    at,
    deadline: rule.isPending[run.position] === true ? deadline : undefined,
  };
}

export function timeoutOf<K, E>(rule: Rule<E>, key: K, run: Run<E>, now: number): Timeout<K, E> {
  const gapEnd = run.taken.timestamp + (rule.gapWindows[run.position] ?? Infinity);
  return {
    rule: rule.index,
    key,
    stages: stagesOf(rule, run),
    firstTimestamp: run.first.timestamp,
    lastTimestamp: run.taken.timestamp,
    // Where both windows have run out by now, the gap's end is the one that counts.
    at: gapEnd <= now && gapEnd < Infinity ? gapEnd : run.first.timestamp + rule.window,
  };
}

interface StageInProgress<E> {
  readonly stage: string;
  readonly index: number;
  readonly events: E[];
}

function stagesOf<E>(rule: Rule<E>, end: Run<E>): StageEvents<E>[] {
  const path: Run<E>[] = [];
  for (let run: Run<E> | undefined = end; run !== undefined; run = run.parent) path.push(run);
  const stages: StageInProgress<E>[] = [];
  for (let position = path.length - 1; position >= 0; position--) {
    const { stage: index, taken } = path[position] as Run<E>;
    let found = stages.find((known) => known.index === index);
    if (found === undefined) stages.push((found = { stage: rule.stages[index] ?? '', index, events: [] }));
    found.events.push(taken.event);
  }
  return stages;
}
