/**
 * Runs one rule over the state of one key: one event, or one advance of time, at a time.
 *
 * It owns no state but scratch space: states go in and come out, and never change. Results are handed out at the end of a
 * call, so a call that throws gives none. Invariant: the start run is always among the runs.
 */
import type { Step } from '../graph/step.js';
import type { ChangeMemo } from './change-memo.js';
import { deadlineOf, dueOf } from './deadline.js';
import type { Decision } from './decision-tree.js';
import type { EventFacts } from './event-facts.js';
import { EMPTY_RUN_SET, Run, RunSet, START_RUN, type RuleState } from './key-state.js';
import type { PatternOutput } from './match.js';
import { matchOf, timeoutOf } from './outcome.js';
import type { Rule } from './rule.js';
import { RunHeap } from './run-heap.js';
import { takeMatch } from './skip.js';
import type { TimeOrigin } from './time-origin.js';

export class RuleMatcher<K, E> {
  readonly rule: Rule<E>;
  /** Whether the last event began a run. */
  hasStarted = false;
  readonly #output: PatternOutput<K, E>;
  readonly #facts: EventFacts<E>;
  readonly #origin: TimeOrigin;
  readonly #memo: ChangeMemo<E> | undefined;
  /** By run: the step that it takes, if it is changed by the event. */
  readonly #steps: (Step | undefined)[] = [];
  readonly #next = new RunHeap<E>();
  readonly #fresh = new RunHeap<E>();
  readonly #completed = new RunHeap<E>();

  /** `memo` is shared by the rules of a set; a rule alone needs none. */
  constructor(
    rule: Rule<E>,
    facts: EventFacts<E>,
    origin: TimeOrigin,
    output: PatternOutput<K, E>,
    memo: ChangeMemo<E> | undefined,
  ) {
    this.rule = rule;
    this.#facts = facts;
    this.#origin = origin;
    this.#output = output;
    this.#memo = memo;
  }

  /** Offers the event that the facts are about. Returns the state afterwards: the same object if nothing changed. */
  process(key: K, state: RuleState<E> | undefined): RuleState<E> | undefined {
    const start = this.#decide(START_RUN);
    this.hasStarted = !start.isUnchanged;
    if (state === undefined) return start.isUnchanged ? undefined : this.#begin(key, start.step);
    if (state instanceof RunSet) return this.#processAll(key, state, start);
    const only = this.#decide(state);
    if (!start.isUnchanged) return this.#processTwo(key, state, only, start.step);
    return only.isUnchanged ? state : this.#processOne(key, state, only.step);
  }

  /** Ends the runs whose window has run out by `now`. Returns the same object if there is none. */
  advance(key: K, state: RuleState<E>, now: number): RuleState<E> | undefined {
    if (!(state instanceof RunSet)) {
      if (!this.#isExpired(state, now)) return state;
      if (!this.#isPending(state) || this.rule.skipStage < 0) return this.#end(key, state, now);
    }
    const expired: Run<E>[] = [];
    this.#clear();
    for (const run of state instanceof RunSet ? state.runs : [state, START_RUN]) {
      if (!this.#isExpired(run, now)) this.#next.offer(run);
      else if (this.#isPending(run)) this.#fresh.offer(run);
      else expired.push(run);
    }
    if (this.#fresh.size === 0 && expired.length === 0) return state;
    if (state instanceof RunSet) this.#completed.offerAll(state.completed);
    const result = this.#conclude(key, now);
    if (this.rule.reportsTimeouts) {
      for (const run of expired) this.#output.timeout(timeoutOf(this.rule, this.#origin, key, run, now));
    }
    return result;
  }

  /** Of one run alone: nothing that a skip strategy could discard or wait for. */
  #end(key: K, run: Run<E>, now: number): undefined {
    if (this.#isPending(run)) this.#emit(key, run, now);
    else if (this.rule.reportsTimeouts) this.#output.timeout(timeoutOf(this.rule, this.#origin, key, run, now));
  }

  /** The earliest time at which a window of the state ends; +Infinity if there is none. */
  due(state: RuleState<E>): number {
    return dueOf(this.rule, state);
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

  /** The start run alone takes a step. */
  #begin(key: K, step: Step): RuleState<E> | undefined {
    const only = step.completes || step.moves.length !== 1 ? undefined : step.moves[0];
    if (only === undefined) {
      this.#clear();
      this.#apply(START_RUN, step);
      this.#next.offer(START_RUN);
      return this.#conclude(key, this.#facts.timestamp);
    }
    const memo = this.#memo;
    if (memo === undefined) return this.#moved(START_RUN, only.stage, only.target);
    const entry = memo.find(undefined, step);
    if (entry >= 0) return memo.after(entry);
    const after = this.#moved(START_RUN, only.stage, only.target);
    memo.add(undefined, step, after);
    return after;
  }

  /** Of one run and the start run, only the former takes a step. */
  #processOne(key: K, run: Run<E>, step: Step): RuleState<E> | undefined {
    const { moves } = step;
    if (!step.completes && moves.length < 2) {
      const [only] = moves;
      return only === undefined ? undefined : this.#moved(run, only.stage, only.target);
    }
    this.#clear();
    this.#apply(run, step);
    this.#next.offer(START_RUN);
    return this.#conclude(key, this.#facts.timestamp);
  }

  /** Of one run and the start run, the latter takes a step, and the former may. */
  #processTwo(key: K, run: Run<E>, decision: Decision, startStep: Step): RuleState<E> | undefined {
    const memo = decision.isUnchanged && !startStep.completes ? this.#memo : undefined;
    const entry = memo === undefined ? -1 : memo.find(run, startStep);
    if (memo !== undefined && entry >= 0) return memo.after(entry);
    this.#clear();
    if (decision.isUnchanged) this.#next.offer(run);
    else this.#apply(run, decision.step);
    this.#apply(START_RUN, startStep);
    this.#next.offer(START_RUN);
    const after = this.#conclude(key, this.#facts.timestamp);
    memo?.add(run, startStep, after);
    return after;
  }

  #processAll(key: K, state: RunSet<E>, start: Decision): RuleState<E> | undefined {
    const { runs, completed } = state;
    const steps = this.#steps;
    let changes = 0;
    for (let index = 0; index < runs.length; index++) {
      const run = runs[index] as Run<E>;
      const decision = run === START_RUN ? start : this.#decide(run);
      steps[index] = decision.isUnchanged ? undefined : decision.step;
      if (!decision.isUnchanged) changes++;
    }
    if (changes === 0) return state;
    // What only begins a run can be shared by all rules in the same state that do so.
    const isShareable = changes === 1 && !start.isUnchanged && !start.step.completes && completed.length === 0;
    const memo = isShareable ? this.#memo : undefined;
    const entry = memo === undefined ? -1 : memo.find(state, start.step);
    if (memo !== undefined && entry >= 0) return memo.after(entry);
    this.#clear();
    for (let index = 0; index < runs.length; index++) {
      const run = runs[index] as Run<E>;
      const step = steps[index];
      if (step !== undefined) this.#apply(run, step);
      if (step === undefined || run === START_RUN) this.#next.offer(run);
    }
    this.#completed.offerAll(completed);
    const after = this.#conclude(key, this.#facts.timestamp);
    memo?.add(state, start.step, after);
    return after;
  }

  #apply(run: Run<E>, { moves }: Step): void {
    for (let index = 0; index < moves.length; index++) {
      const move = moves[index];
      if (move === undefined) return;
      const moved = this.#moved(run, move.stage, move.target);
      if (move.target >= 0) this.#next.offer(moved);
      if (move.completes) this.#fresh.offer(moved);
    }
  }

  #moved(run: Run<E>, stage: number, target: number): Run<E> {
    if (stage >= 0) return this.#facts.take(target, stage, run === START_RUN ? undefined : run);
    return target < 0 ? run : new Run<E>(target, run.stage, run.event, run.timestamp, run.ordinal, run.parent);
  }

  /** Gives out what is complete, and returns what is left. */
  #conclude(key: K, at: number): RuleState<E> | undefined {
    const next = this.#next;
    const completed = this.#completed;
    if (this.#fresh.size > 0) {
      if (this.#fresh.size === 1) completed.offer(this.#fresh.poll());
      else completed.offerAll(this.#fresh.toArray());
    }
    if (completed.size > 0) this.#give(key, at);
    const { first, size } = next;
    if (completed.size > 0 || size > 2) {
      return new RunSet<E>(next.toArray(), completed.size === 0 ? EMPTY_RUN_SET.completed : completed.toArray());
    }
    return size === 2 ? first : undefined;
  }

  /** Hands out the matches that are not held back. */
  #give(key: K, at: number): void {
    const first = takeMatch(this.rule, this.#next, this.#completed);
    if (first === undefined) return;
    let rest: Run<E>[] | undefined;
    for (;;) {
      const match = takeMatch(this.rule, this.#next, this.#completed);
      if (match === undefined) break;
      (rest ??= []).push(match);
    }
    this.#emit(key, first, at);
    if (rest !== undefined) for (const match of rest) this.#emit(key, match, at);
  }

  #emit(key: K, run: Run<E>, at: number): void {
    this.#output.match(matchOf(this.rule, this.#origin, key, run, deadlineOf(this.rule, run), at));
  }

  #isPending(run: Run<E>): boolean {
    return this.rule.hasPending && this.rule.isPending[run.position] === true;
  }

  #isExpired(run: Run<E>, now: number): boolean {
    const deadline = deadlineOf(this.rule, run);
    return deadline <= now && deadline < Infinity;
  }

  #clear(): void {
    this.#next.clear();
    this.#fresh.clear();
    this.#completed.clear();
  }
}
