/** When windows of runs end, as offsets from the operator's origin. */
import { RunSet, START_RUN, type RuleState, type Run } from './key-state.js';
import type { Rule } from './rule.js';

/** When the run's window ends; +Infinity if it has none. */
export function deadlineOf<E>({ window, gapWindows, hasGapWindows }: Rule<E>, run: Run<E>): number {
  if (run === START_RUN) return Infinity;
  const end = run.first.timestamp + window;
  return hasGapWindows ? Math.min(end, run.timestamp + (gapWindows[run.position] ?? Infinity)) : end;
}

/** The earliest time at which a window of the state ends; +Infinity if there is none. */
export function dueOf<E>(rule: Rule<E>, state: RuleState<E>): number {
  if (!(state instanceof RunSet)) return deadlineOf(rule, state);
  const [oldest] = state.runs;
  // Without gap windows, the first run in the order of starting is the first to end.
  if (!rule.hasGapWindows) return oldest === undefined ? Infinity : deadlineOf(rule, oldest);
  let due = Infinity;
  for (const run of state.runs) due = Math.min(due, deadlineOf(rule, run));
  return due;
}
