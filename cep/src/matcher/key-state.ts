/**
 * What is kept of a key: the partial matches of each rule.
 *
 * Plain data. Positions are numbers that a rule's graph maps to stage and role; events are held by reference.
 * Runs and RuleStates never change, so rules that have come to the same share them.
 */

/** An event that some run has taken. */
export class TakenEvent<E> {
  constructor(
    readonly event: E,
    readonly timestamp: number,
    /** Orders the events of one timestamp as they were processed. */
    readonly ordinal: number,
  ) {}
}

/** A partial match: where it stands, and the events it took, as a list linked from the last to the first. */
export class Run<E> {
  constructor(
    /** Index of a state in the rule's graph. */
    readonly position: number,
    /** Index of the stage that took `taken`. */
    readonly stage: number,
    readonly taken: TakenEvent<E>,
    /** The run that took the event before; undefined if `taken` is the first. */
    readonly parent: Run<E> | undefined,
    readonly first: TakenEvent<E>,
  ) {}
}

/** Sorts after every event; the event itself is never read. */
const AFTER_ALL_EVENTS = new TakenEvent<never>(undefined as never, Infinity, Infinity);

/** The run that every key has for every rule, and that never goes away: it waits at the start, with nothing taken. */
export const START_RUN = new Run<never>(-1, -1, AFTER_ALL_EVENTS, undefined, AFTER_ALL_EVENTS);

/** The runs of one rule. A rule with only the start run, and no held-back match, has no RuleState. */
export class RuleState<E> {
  constructor(
    /** A binary heap by first event, in an order that matters: see run-heap.ts. The start run is among them. */
    readonly runs: readonly Run<E>[],
    /** Matches that a skip strategy holds back; a heap like `runs`. */
    readonly completed: readonly Run<E>[],
  ) {}
}

/** The one object that changes. A key without RuleStates has no KeyState. */
export class KeyState<K, E> {
  /** By index of the rule. */
  readonly rules: (RuleState<E> | undefined)[];
  /** Number of rules with a state. */
  live = 0;
  /** Number of those for which an event counts even if none of their conditions holds. */
  restless = 0;
  /** No window ends before this time; +Infinity if there is none. */
  due = Infinity;
  /** The time for which a timer is set; +Infinity if none is. */
  timer = Infinity;

  constructor(
    readonly key: K,
    ruleCount: number,
  ) {
    this.rules = ruleCount === 1 ? [undefined] : new Array<undefined>(ruleCount).fill(undefined);
  }
}
