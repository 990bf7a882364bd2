/** Puts key states into tables. It keeps scratch space from one state to the next, and nothing else. */
import { isEarlier } from '../matcher/run-heap.js';
import { RunSet, START_RUN, type KeyState, type RuleState, type Run } from '../matcher/key-state.js';
import type { TimeOrigin } from '../matcher/time-origin.js';
import { NONE, START, type PlainHeaps, type PlainState } from './plain-state.js';

const NOTHING_HELD_BACK: readonly number[] = [];

export class PlainStateWriter<E> {
  readonly #origin: TimeOrigin;
  /** Runs met so far, and (when all are known) their nodes. */
  readonly #nodes = new Map<Run<E>, number>();
  #runs: Run<E>[] = [];
  /** Distinct states, numbered. */
  readonly #states = new Map<RuleState<E>, number>();

  constructor(origin: TimeOrigin) {
    this.#origin = origin;
  }

  /** @param ruleCount of the set that the state belongs to */
  write(state: KeyState<E>, ruleCount: number, plain: PlainState<E>): void {
    plain.clear();
    if (state.due !== undefined) plain.due = this.#origin.timestamp(state.due);
    this.#share(state, ruleCount, plain);
    this.#order(plain);
    for (const rule of this.#states.keys()) plain.heaps.push(this.#heaps(rule));
    this.#nodes.clear();
    this.#runs = [];
    this.#states.clear();
  }

  /** Finds the distinct states, and all runs that they reach. */
  #share(state: KeyState<E>, ruleCount: number, { shares }: PlainState<E>): void {
    let index = 0;
    for (let left = state.live; left > 0;) {
      const rule = index;
      const own = state.rule(index++);
      if (own === undefined) continue;
      while (index < ruleCount && state.rule(index) === own) index++;
      left -= index - rule;
      shares.push({ rule, count: index - rule, heaps: this.#stateIndex(own) });
    }
  }

  #stateIndex(state: RuleState<E>): number {
    const known = this.#states.get(state);
    if (known !== undefined) return known;
    if (!(state instanceof RunSet)) this.#reach(state);
    else {
      for (const run of state.runs) this.#reach(run);
      for (const run of state.completed) this.#reach(run);
    }
    const index = this.#states.size;
    this.#states.set(state, index);
    return index;
  }

  #reach(end: Run<E>): void {
    if (end === START_RUN) return;
    for (let run: Run<E> | undefined = end; run !== undefined && !this.#nodes.has(run); run = run.parent) {
      this.#nodes.set(run, NONE);
      this.#runs.push(run);
    }
  }

  #order({ events, timestamps, nodes }: PlainState<E>): void {
    const runs = this.#runs.sort(byEvent);
    for (let index = 0; index < runs.length; index++) {
      const run = runs[index] as Run<E>;
      const before = runs[index - 1];
      if (before === undefined || before.ordinal !== run.ordinal || before.timestamp !== run.timestamp) {
        events.push(run.event);
        timestamps.push(this.#origin.timestamp(run.timestamp));
      }
      this.#nodes.set(run, index);
      const parent = run.parent === undefined ? NONE : this.#node(run.parent);
      nodes.push({ event: events.length - 1, stage: run.stage, parent, position: run.position });
    }
  }

  #heaps(state: RuleState<E>): PlainHeaps {
    if (!(state instanceof RunSet)) return { runs: [this.#node(state), START], completed: NOTHING_HELD_BACK };
    return {
      runs: state.runs.map((run) => (run === START_RUN ? START : this.#node(run))),
      completed: state.completed.map((run) => this.#node(run)),
    };
  }

  #node(run: Run<E>): number {
    return this.#nodes.get(run) as number;
  }
}

/** A run's parent took an earlier event, so it comes before the run. */
function byEvent<E>(left: Run<E>, right: Run<E>): number {
  return isEarlier(left, right) ? -1 : isEarlier(right, left) ? 1 : 0;
}
