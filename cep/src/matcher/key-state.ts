/**
 * What is kept of a key: the partial matches of each rule.
 *
 * Plain data. Positions are numbers that a rule's graph maps to stage and role; events are held by reference.
 * Invariants: a rule without runs besides its start run, and without held-back matches, has no RuleState; a key without
 * RuleStates has no KeyState.
 */

/** An event that some run has taken. Rules of a set share it. */
export class TakenEvent<E> {
  constructor(
    readonly event: E,
    readonly timestamp: number,
    /** Orders the events of one timestamp as they were processed. */
    readonly ordinal: number,
  ) {}
}

/**
 * A partial match: where it stands, and the events it took, as a list linked from the last to the first.
 * It never changes; a step makes a new one, whose parent is the run before (or shares that run's parent, if it took nothing).
 */
export class Run<E> {
  constructor(
    /** Index of a state in the rule's graph. */
    readonly position: number,
    /** Index of the stage that took `taken`. */
    readonly stage: number,
    readonly taken: TakenEvent<E>,
    readonly parent: Run<E> | undefined,
    readonly first: TakenEvent<E>,
  ) {}
}

export class RuleState<E> {
  /** A binary heap by first event, in an order that matters: see RunHeap. The start run is among them. */
  runs: Run<E>[] = [];
  /** Matches that a skip strategy holds back; a heap like `runs`. */
  completed: Run<E>[] = [];
  /** The earliest time at which a run's window ends; +Infinity if none has one. */
  due = Infinity;
}

export class KeyState<K, E> {
  /** By index of the rule. */
  readonly rules: (RuleState<E> | undefined)[] = [];
  /** Number of defined entries of `rules`. */
  live = 0;
  /** The earliest `due` of the rules, or earlier. */
  due = Infinity;
  /** The earliest time for which a timer is set; +Infinity if none. */
  timer = Infinity;

  constructor(readonly key: K) {}
}
