/**
 * Runs one rule over the state of one key: one event, or one advance of time, at a time.
 *
 * It owns no state but scratch space: states go in and come out, and never change. Results are handed out at the end of a
 * call, so a call that throws gives none. Invariant: the start run is always among the runs.
 */
import type { Step } from '../graph/step.js';
import type { ChangeMemo } from './change-memo.js';
import type { Decision } from './decision-tree.js';
import type { EventFacts } from './event-facts.js';
import { Run, RuleState, START_RUN } from './key-state.js';
import { matchOf, timeoutOf } from './outcome.js';
import type { PatternOutput } from './match.js';
import type { Rule } from './rule.js';
import { offer } from './run-heap.js';
import { settle } from './skip.js';

const START_ONLY: readonly Run<never>[] = [START_RUN];
const NONE: readonly Run<never>[] = [];

export class RuleMatcher<K, E> {
  readonly rule: Rule<E>;
  /** Whether the last event began a run. */
  hasStarted = false;
  readonly #output: PatternOutput<K, E>;
  readonly #facts: EventFacts<E>;
  readonly #memo: ChangeMemo<E> | undefined;
  /** By run: the step that it takes, if it is changed by the event. */
  readonly #steps: (Step | undefined)[] = [];
  readonly #next: Run<E>[] = [];
  readonly #fresh: Run<E>[] = [];
  readonly #completed: Run<E>[] = [];
  readonly #given: Run<E>[] = [];
  readonly #expired: Run<E>[] = [];

  /** `memo` is shared by the rules of a set; a rule alone needs none. */
  constructor(rule: Rule<E>, facts: EventFacts<E>, output: PatternOutput<K, E>, memo: ChangeMemo<E> | undefined) {
    this.rule = rule;
    this.#facts = facts;
    this.#output = output;
    this.#memo = memo;
  }

  /** Offers the event that the facts are about. Returns the state afterwards: the same object if nothing changed. */
  process(key: K, state: RuleState<E> | undefined): RuleState<E> | undefined {
    const runs = state === undefined ? START_ONLY : state.runs;
    const steps = this.#steps;
    let count = 0;
    let last = 0;
    this.hasStarted = false;
    for (let index = 0; index < runs.length; index++) {
      const run = runs[index] as Run<E>;
      const decision = this.#decide(run);
      steps[index] = decision.isUnchanged ? undefined : decision.step;
      if (decision.isUnchanged) continue;
      count++;
      last = index;
      if (run === START_RUN) this.hasStarted = true;
    }
    if (count === 0) return state;
    const step = steps[last] as Step;
    const isShareable = count === 1 && !step.completes && (state === undefined || state.completed.length === 0);
    return isShareable ? this.#share(key, state, runs, last, step) : this.#rebuild(key, state, runs);
  }

  /** Ends the runs whose window has run out by `now`. Returns the same object if there is none. */
  advance(key: K, state: RuleState<E>, now: number): RuleState<E> | undefined {
    const { rule } = this;
    const expired = this.#expired;
    this.#clear();
    expired.length = 0;
    for (const run of state.runs) {
      const deadline = this.#deadline(run);
      if (deadline > now || deadline === Infinity) offer(this.#next, run);
      else if (rule.isPending[run.position] === true) offer(this.#fresh, run);
      else expired.push(run);
    }
    if (this.#fresh.length === 0 && expired.length === 0) return state;
    const result = this.#conclude(key, state, now);
    if (rule.reportsTimeouts) for (const run of expired) this.#output.timeout(timeoutOf(rule, key, run, now));
    return result;
  }

  /** The earliest time at which a window of the state ends; +Infinity if there is none. */
  due({ runs }: RuleState<E>): number {
    const [oldest] = runs;
    // Without gap windows, the first run in the order of starting is the first to end.
    if (!this.rule.hasGapWindows) return oldest === undefined ? Infinity : oldest.first.timestamp + this.rule.window;
    let due = Infinity;
    for (const run of runs) due = Math.min(due, this.#deadline(run));
    return due;
  }

  #decide(run: Run<E>): Decision {
    const { tree, stages } = this.rule;
    let node = run === START_RUN ? tree.start : (tree.roots[run.position] as Decision);
    while (node.condition >= 0) {
      const answer = this.#facts.holds(node.condition, stages, run);
      node = (answer ? node.yes : node.no) ?? tree.follow(node, answer);
    }
    return node;
  }

  #share(
    key: K,
    state: RuleState<E> | undefined,
    runs: readonly Run<E>[],
    index: number,
    step: Step,
  ): RuleState<E> | undefined {
    const memo = this.#memo;
    if (memo === undefined) return this.#rebuild(key, state, runs);
    const entry = memo.find(state, index, step);
    if (entry >= 0) return memo.after(entry);
    const after = this.#rebuild(key, state, runs);
    memo.add(state, index, step, after);
    return after;
  }

  #rebuild(key: K, state: RuleState<E> | undefined, runs: readonly Run<E>[]): RuleState<E> | undefined {
    this.#clear();
    for (let index = 0; index < runs.length; index++) {
      const run = runs[index] as Run<E>;
      const step = this.#steps[index];
      if (step !== undefined) this.#apply(run, step);
      if (step === undefined || run === START_RUN) offer(this.#next, run);
    }
    return this.#conclude(key, state, this.#facts.timestamp);
  }

  #apply(run: Run<E>, { moves }: Step): void {
    for (let index = 0; index < moves.length; index++) {
      const move = moves[index];
      if (move === undefined) return;
      const moved = this.#moved(run, move.stage, move.target);
      if (move.target >= 0) offer(this.#next, moved);
      if (move.completes) offer(this.#fresh, moved);
    }
  }

  #moved(run: Run<E>, stage: number, target: number): Run<E> {
    if (stage < 0) return target < 0 ? run : new Run<E>(target, run.stage, run.taken, run.parent, run.first);
    const { taken } = this.#facts;
    if (run === START_RUN) return new Run<E>(target, stage, taken, undefined, taken);
    return new Run<E>(target, stage, taken, run, run.first);
  }

  /** Gives out what is complete, and returns what is left. */
  #conclude(key: K, state: RuleState<E> | undefined, at: number): RuleState<E> | undefined {
    const next = this.#next;
    const completed = this.#completed;
    const given = this.#given;
    if (state !== undefined) for (const match of state.completed) completed.push(match);
    for (const match of this.#fresh) offer(completed, match);
    if (completed.length > 0) {
      given.length = 0;
      settle(this.rule, next, completed, given);
      for (const match of given) this.#output.match(matchOf(this.rule, key, match, this.#deadline(match), at));
    }
    if (next.length === 1 && completed.length === 0) return undefined;
    return new RuleState<E>(next.slice(), completed.length === 0 ? NONE : completed.slice());
  }

  #clear(): void {
    this.#next.length = 0;
    this.#fresh.length = 0;
    this.#completed.length = 0;
  }

  /** When the run's window ends; +Infinity if it has none. */
  #deadline(run: Run<E>): number {
    const { window, gapWindows, hasGapWindows } = this.rule;
    const end = run.first.timestamp + window;
    return hasGapWindows ? Math.min(end, run.taken.timestamp + (gapWindows[run.position] ?? Infinity)) : end;
  }
}
