/**
 * Runs one rule over the state of one key: one event, or one advance of time, at a time.
 *
 * It owns no state of its own but scratch space. Results are handed out at the end of a call, so a call that throws gives none.
 * Invariants: the start run is always among the runs; a RuleState with only the start run and no held-back match is
 * dropped (undefined is returned for it).
 */
import type { Step } from '../graph/step.js';
import type { EventFacts } from './event-facts.js';
import { Run, RuleState } from './key-state.js';
import type { Match, PatternOutput, StageEvents } from './match.js';
import type { Rule } from './rule.js';
import { offer } from './run-heap.js';
import { settle } from './skip.js';

export class RuleMatcher<K, E> {
  readonly rule: Rule<E>;
  readonly #output: PatternOutput<K, E>;
  readonly #facts: EventFacts<E>;
  readonly #next: Run<E>[] = [];
  readonly #fresh: Run<E>[] = [];
  readonly #given: Run<E>[] = [];
  readonly #expired: Run<E>[] = [];
  readonly #startOnly: Run<E>[];
  /** Whether the last event began a run. */
  hasStarted = false;

  constructor(rule: Rule<E>, facts: EventFacts<E>, output: PatternOutput<K, E>) {
    this.rule = rule;
    this.#facts = facts;
    this.#output = output;
    this.#startOnly = [rule.startRun];
  }

  /** Offers the event that the facts are about. Returns the key's state afterwards, which may be the same object. */
  process(key: K, state: RuleState<E> | undefined): RuleState<E> | undefined {
    const runs = state === undefined ? this.#startOnly : state.runs;
    this.hasStarted = false;
    for (let index = 0; index < runs.length; index++) {
      const run = runs[index] as Run<E>;
      const decision = this.#decide(run);
      if (!decision.isUnchanged) return this.#rebuild(key, state, runs, index, decision.step);
    }
    return state;
  }

  /** Ends the runs whose window has run out by `now`. To be called only if something is due. */
  advance(key: K, state: RuleState<E>, now: number): RuleState<E> | undefined {
    const { rule } = this;
    const next = this.#next;
    const fresh = this.#fresh;
    const expired = this.#expired;
    next.length = fresh.length = expired.length = 0;
    for (const run of state.runs) {
      if (!this.#isExpired(run, now)) offer(next, run);
      else if (rule.isPending[run.position] === true) offer(fresh, run);
      else expired.push(run);
    }
    if (fresh.length === 0 && expired.length === 0) return state;
    const result = this.#conclude(key, state, now);
    for (const run of expired) this.#emitTimeout(key, run, now);
    return result;
  }

  #decide(run: Run<E>): { readonly isUnchanged: boolean; readonly step: Step } {
    const { rule } = this;
    const path = run === rule.startRun ? undefined : run;
    let node = rule.tree.roots[run.position];
    if (node === undefined) throw new Error(`rule "${rule.name}" has no state ${run.position}`);
    while (node.condition >= 0) {
      const answer = this.#facts.holds(node.condition, rule.stages, path);
      node = (answer ? node.yes : node.no) ?? rule.tree.follow(node, answer);
    }
    return node;
  }

  /** Steps all runs, given that those before `from` stay as they are and what happens to that at `from`. */
  #rebuild(
    key: K,
    state: RuleState<E> | undefined,
    runs: readonly Run<E>[],
    from: number,
    first: Step,
  ): RuleState<E> | undefined {
    const { startRun } = this.rule;
    const next = this.#next;
    const fresh = this.#fresh;
    next.length = fresh.length = 0;
    for (let index = 0; index < from; index++) next.push(runs[index] as Run<E>);
    for (let index = from; index < runs.length; index++) {
      const run = runs[index] as Run<E>;
      if (index === from) {
        this.#apply(run, first);
      } else {
        const decision = this.#decide(run);
        if (decision.isUnchanged && run !== startRun) offer(next, run);
        else this.#apply(run, decision.step);
      }
      if (run === startRun) offer(next, run);
    }
    return this.#conclude(key, state, this.#facts.timestamp);
  }

  #apply(run: Run<E>, step: Step): void {
    for (const { stage, target, completes } of step) {
      let moved: Run<E>;
      if (stage < 0) {
        moved = target < 0 ? run : new Run<E>(target, run.stage, run.taken, run.parent, run.first);
      } else {
        const { taken } = this.#facts;
        const isStart = run === this.rule.startRun;
        if (isStart) this.hasStarted = true;
        moved = isStart
          ? new Run<E>(target, stage, taken, undefined, taken)
          : new Run<E>(target, stage, taken, run, run.first);
      }
      if (target >= 0) offer(this.#next, moved);
      if (completes) offer(this.#fresh, moved);
    }
  }

  /** Gives out what is complete, and keeps what is left. */
  #conclude(key: K, state: RuleState<E> | undefined, at: number): RuleState<E> | undefined {
    const next = this.#next;
    const given = this.#given;
    const completed = state === undefined ? [] : state.completed;
    for (const match of this.#fresh) offer(completed, match);
    given.length = 0;
    settle(this.rule, next, completed, given);
    for (const match of given) this.#emitMatch(key, match, at);
    if (next.length === 1 && completed.length === 0) return undefined;
    const kept = state ?? new RuleState<E>();
    const { runs } = kept;
    runs.length = next.length;
    for (let index = 0; index < next.length; index++) runs[index] = next[index] as Run<E>;
    kept.completed = completed;
    kept.due = this.#due(runs);
    return kept;
  }

  #isExpired(run: Run<E>, now: number): boolean {
    const deadline = this.#deadline(run);
    return deadline <= now && deadline < Infinity;
  }

  /** When the run's window ends; +Infinity if it has none. */
  #deadline(run: Run<E>): number {
    const { window, gapWindows } = this.rule;
    return Math.min(run.first.timestamp + window, run.taken.timestamp + (gapWindows[run.position] ?? Infinity));
  }

  #due(runs: readonly Run<E>[]): number {
    const [oldest] = runs;
    // Without gap windows, the first run in the order of starting is the first to end.
    if (!this.rule.hasGapWindows) return oldest === undefined ? Infinity : oldest.first.timestamp + this.rule.window;
    return runs.reduce((due, run) => Math.min(due, this.#deadline(run)), Infinity);
  }

  #emitMatch(key: K, run: Run<E>, at: number): void {
    const deadline = this.rule.isPending[run.position] === true ? this.#deadline(run) : undefined;
    const match: Match<K, E> = {
      rule: this.rule.index,
      key,
      stages: this.#stagesOf(run),
      firstTimestamp: run.first.timestamp,
      lastTimestamp: run.taken.timestamp,
      at,
      deadline,
    };
    this.#output.match(match);
  }

  #emitTimeout(key: K, run: Run<E>, now: number): void {
    // Where both windows have run out by now, the gap's end is the one that counts.
    const gapEnd = run.taken.timestamp + (this.rule.gapWindows[run.position] ?? Infinity);
    this.#output.timeout({
      rule: this.rule.index,
      key,
      stages: this.#stagesOf(run),
      firstTimestamp: run.first.timestamp,
      lastTimestamp: run.taken.timestamp,
      at: gapEnd <= now && gapEnd < Infinity ? gapEnd : run.first.timestamp + this.rule.window,
    });
  }

  #stagesOf(end: Run<E>): StageEvents<E>[] {
    const path: Run<E>[] = [];
    for (let run: Run<E> | undefined = end; run !== undefined; run = run.parent) path.push(run);
    const stages: { stage: string; index: number; events: E[] }[] = [];
    for (let position = path.length - 1; position >= 0; position--) {
      const { stage: index, taken } = path[position] as Run<E>;
      let found = stages.find((known) => known.index === index);
      if (found === undefined) stages.push((found = { stage: this.rule.stages[index] ?? '', index, events: [] }));
      found.events.push(taken.event);
    }
    return stages;
  }
}
