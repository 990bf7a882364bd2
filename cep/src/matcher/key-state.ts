/**
 * What is kept of a key: the partial matches of each rule.
 *
 * Plain data. Positions are numbers that a rule's graph maps to stage and role; events are held by reference; times are
 * offsets from the operator's TimeOrigin.
 * Runs and RuleStates never change, so rules that have come to the same share them.
 */
import { compact } from './time-origin.js';

/**
 * A partial match: where it stands, and the event it took last. The events before are those of its parents.
 * Runs are compared by their first event, which `timestamp` and `ordinal` identify within a key.
 */
export class Run<E> {
  /** The run that took the first event. */
  readonly first: Run<E>;

  constructor(
    /** Index of a state in the rule's graph. */
    readonly position: number,
    /** Index of the stage that took the event. */
    readonly stage: number,
    readonly event: E,
    readonly timestamp: number,
    /** Orders the events of one timestamp as they were processed. */
    readonly ordinal: number,
    /** The run that took the event before; undefined if there is none. */
    readonly parent: Run<E> | undefined,
  ) {
    this.first = parent === undefined ? this : parent.first;
  }
}

/**
 * The run that every key has for every rule, and that never goes away: it waits at the start, with nothing taken.
 * It comes after all others in order; its event and its time are never read.
 */
export const START_RUN = new Run<never>(-1, -1, undefined as never, 0, 0, undefined);

/** Several runs of one rule, in an order that matters. */
export class RunSet<E> {
  constructor(
    /** A binary heap by first event: see run-heap.ts. The start run is among them. */
    readonly runs: readonly Run<E>[],
    /** Matches that a skip strategy holds back; a heap like `runs`. */
    readonly completed: readonly Run<E>[],
  ) {}
}

/**
 * An instance that lives for ever. Without any, a collection of garbage while no key has several runs would take the
 * class's layout with it, and all machine code compiled for it.
 */
export const EMPTY_RUN_SET = new RunSet<never>([START_RUN], []);

/**
 * What a rule has of a key. Most often that is one run with the start run after it, and nothing held back: then the run
 * itself stands for it. A rule with the start run alone has no state. Rules share states by identity; but a state that holds
 * back matches belongs to one rule alone, as no step that completes a match is shared.
 */
export type RuleState<E> = Run<E> | RunSet<E>;

/** The one object that changes. It is dropped when no rule has a state. */
export class KeyState<E> {
  /** Of the first rule; most sets have no other. */
  #first: RuleState<E> | undefined = undefined;
  /** Of the others. */
  readonly #others: (RuleState<E> | undefined)[] | undefined;
  /** Number of rules with a state. */
  live = 0;
  /** No window ends before this time; undefined if there is none. */
  due: number | undefined = undefined;

  constructor(ruleCount: number) {
    this.#others = ruleCount === 1 ? undefined : new Array<undefined>(ruleCount - 1).fill(undefined);
  }

  /** Whether a window may have ended by now. */
  isDue(now: number): boolean {
    return this.due !== undefined && this.due <= now;
  }

  /** A window ends at this time; +Infinity for never. */
  hasten(time: number): void {
    if (time < Infinity && (this.due === undefined || time < this.due)) this.due = compact(time);
  }

  /** By index of the rule. */
  rule(index: number): RuleState<E> | undefined {
    return index === 0 ? this.#first : this.#others?.[index - 1];
  }

  setRule(index: number, state: RuleState<E> | undefined): void {
    if (index === 0) this.#first = state;
    else if (this.#others !== undefined) this.#others[index - 1] = state;
  }
}
