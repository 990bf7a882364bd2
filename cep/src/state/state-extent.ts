/** How much a key's state holds: an estimate that is cheap to make, for budgets of memory. */
import { RunSet, START_RUN, type KeyState, type RuleState, type Run } from '../matcher/key-state.js';

export interface StateExtent<E> {
  readonly runs: number;
  readonly events: number;
  /** One of the events. */
  readonly last: E;
}

/** Of more rules than this, the rest is taken to be like them. */
const RULES_ASKED = 32;

/**
 * The runs of a rule have most events in common, as have rules: so the events are those of one run that began first,
 * where there are most of them.
 */
export function extentOf<E>(state: KeyState<E>, ruleCount: number): StateExtent<E> {
  let [runs, events, asked] = [0, 0, 0];
  let longest: Run<E> = START_RUN;
  let before: RuleState<E> | undefined;
  for (let index = 0; index < ruleCount && asked < Math.min(state.live, RULES_ASKED); index++) {
    const own = state.rule(index);
    if (own === undefined) continue;
    asked++;
    if (own === before) continue;
    before = own;
    const isSet = own instanceof RunSet;
    runs += isSet ? own.runs.length + own.completed.length : 1;
    const oldest = isSet ? (own.completed[0] ?? (own.runs[0] as Run<E>)) : own;
    const length = oldest === START_RUN ? 0 : lengthOf(oldest);
    runs += length;
    if (length > events) [events, longest] = [length, oldest];
  }
  return { runs: Math.ceil((runs * state.live) / asked), events, last: longest.event };
}

function lengthOf<E>(end: Run<E>): number {
  let length = 0;
  for (let run: Run<E> | undefined = end; run !== undefined; run = run.parent) length++;
  return length;
}
