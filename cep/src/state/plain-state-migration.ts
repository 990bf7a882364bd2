/**
 * Makes key states of tables that were written for another set, as far as its rules are still there.
 *
 * A run is dropped if it has an event of a stage, or waits at a position, that is not there any more: the others of its
 * rule stay. What a skip strategy held back stays if its events do.
 */
import { dueOf } from '../matcher/deadline.js';
import { KeyState, RunSet, START_RUN, type RuleState, type Run } from '../matcher/key-state.js';
import type { Rule } from '../matcher/rule.js';
import { RunHeap } from '../matcher/run-heap.js';
import type { TimeOrigin } from '../matcher/time-origin.js';
import type { KeptMatches } from './compare-rules.js';
import { InvalidStateError } from './invalid-state-error.js';
import { numberingBetween, type Numbering } from './numbering.js';
import { PlainRunBuilder } from './plain-run-builder.js';
import { NONE, START, type PlainHeaps, type PlainState } from './plain-state.js';
import type { SetDescription } from './set-description.js';

/** Of a rule as it was written. */
interface Heir<E> {
  readonly rule: Rule<E>;
  /** One object for all rules with the same one. */
  readonly numbering: Numbering;
}

/** Told how many partial matches of a rule (by the name that it had) are not kept. */
export type OnDropped = (rule: string, count: number) => void;

export class PlainStateMigration<E> {
  readonly #before: SetDescription;
  readonly #rules: readonly Rule<E>[];
  /** By index of the rule that was. */
  readonly #heirs: readonly (Heir<E> | undefined)[];
  readonly #runs: PlainRunBuilder<E>;
  readonly #onDropped: OnDropped;

  /** @param kept by the name of the rule now: see `compareSets` */
  constructor(
    before: SetDescription,
    after: SetDescription,
    kept: ReadonlyMap<string, KeptMatches>,
    rules: readonly Rule<E>[],
    origin: TimeOrigin,
    onDropped: OnDropped,
  ) {
    this.#before = before;
    this.#rules = rules;
    this.#heirs = heirsOf(before, after, kept, rules);
    this.#runs = new PlainRunBuilder<E>(origin);
    this.#onDropped = onDropped;
  }

  /** Whether anything can be kept of any rule. */
  get keepsAny(): boolean {
    return this.#heirs.some((heir) => heir !== undefined);
  }

  /** Undefined if nothing is kept. @throws InvalidStateError */
  read(plain: PlainState<E>): KeyState<E> | undefined {
    this.#runs.begin(plain);
    const runs = new Map<Numbering, (Run<E> | undefined)[]>();
    const state = new KeyState<E>(this.#rules.length);
    for (const { rule: first, count, heaps: index } of plain.shares) {
      const heaps = plain.heaps[index];
      if (heaps === undefined) throw new InvalidStateError(`there are no heaps ${index}`);
      for (let was = first; was < first + count; was++) {
        const heir = this.#heirs[was];
        const own = heir === undefined ? undefined : this.#stateOf(plain, heaps, heir, runs);
        this.#count(was, heaps, own);
        if (heir === undefined || own === undefined) continue;
        state.setRule(heir.rule.index, own);
        state.live++;
        state.hasten(dueOf(heir.rule, own));
      }
    }
    return state.live === 0 ? undefined : state;
  }

  #stateOf(
    plain: PlainState<E>,
    heaps: PlainHeaps,
    { numbering }: Heir<E>,
    known: Map<Numbering, (Run<E> | undefined)[]>,
  ): RuleState<E> | undefined {
    let runs = known.get(numbering);
    if (runs === undefined) known.set(numbering, (runs = this.#runs.build(plain, numbering)));
    const partial = new RunHeap<E>();
    const completed = new RunHeap<E>();
    for (const node of heaps.runs) {
      const run = node === START ? START_RUN : runs[node];
      if (run !== undefined && (run === START_RUN || run.position !== NONE)) partial.offer(run);
    }
    for (const node of heaps.completed) {
      const run = runs[node];
      const isThere = run !== undefined && (run.position !== NONE || plain.nodes[node]?.position === NONE);
      if (isThere) completed.offer(run);
    }
    if (completed.size > 0 || partial.size > 2) return new RunSet<E>(partial.toArray(), completed.toArray());
    return partial.size === 2 ? partial.first : undefined;
  }

  #count(was: number, { runs, completed }: PlainHeaps, own: RuleState<E> | undefined): void {
    const rule = this.#before.rules[was];
    if (rule === undefined) throw new InvalidStateError(`there was no rule ${was}`);
    const kept = own === undefined ? 0 : own instanceof RunSet ? own.runs.length - 1 + own.completed.length : 1;
    const dropped = runs.length - 1 + completed.length - kept;
    if (dropped > 0) this.#onDropped(rule.name, dropped);
  }
}

function heirsOf<E>(
  before: SetDescription,
  after: SetDescription,
  kept: ReadonlyMap<string, KeptMatches>,
  rules: readonly Rule<E>[],
): (Heir<E> | undefined)[] {
  const heirs = new Array<Heir<E> | undefined>(before.rules.length).fill(undefined);
  const numberings = new Map<string, Numbering>();
  for (const [index, rule] of rules.entries()) {
    const own = kept.get(rule.name);
    const was = own === undefined ? -1 : before.rules.findIndex(({ name }) => name === own.rule);
    const [graph, now] = [before.graphs[before.rules[was]?.graph ?? -1], after.rules[index]];
    const graphNow = after.graphs[now?.graph ?? -1];
    if (own === undefined || graph === undefined || now === undefined || graphNow === undefined) continue;
    const numbering = numberingBetween(graph, graphNow, own, now.steps);
    const text = JSON.stringify(numbering);
    const shared = numberings.get(text) ?? numbering;
    numberings.set(text, shared);
    heirs[was] = { rule, numbering: shared };
  }
  return heirs;
}
