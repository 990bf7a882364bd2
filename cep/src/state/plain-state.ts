/**
 * A key's state as tables of numbers, for whoever writes it down: events, the runs that took them, the states that the
 * runs make up, and which rule has which state.
 *
 * The numbers of stages and positions are those of a rule's graph: a RuleDescription says what they mean, so that another
 * set can read them. Times are timestamps. The start run is understood: it is START in a heap, and no node.
 *
 * Invariants
 * - Only what the state can reach is there, and each thing once: what is shared comes back shared.
 * - Events are in the order in which the key saw them; this order is all that is kept of their ordinals.
 * - Nodes are in the order of their events; a node's parent comes before it.
 * - One object is filled again and again; what it holds is good until then.
 */

/** In the place of a node: the start run. */
export const START = -1;
/** In the place of a parent or a position: there is none. */
export const NONE = -1;

export interface PlainNode {
  /** Index of the event that the run took last. */
  readonly event: number;
  /** Number of the stage that took it. */
  readonly stage: number;
  /** Index of the run before it took the event; NONE if it was its first. */
  readonly parent: number;
  /** Number of the state in the rule's graph where the run waits; NONE for a match that only a skip strategy holds back. */
  readonly position: number;
}

/** A rule's runs, as nodes. A single run that is the whole state has the start run behind it here, too. */
export interface PlainHeaps {
  /** In the order of the heap's array, which the order of matches depends on. */
  readonly runs: readonly number[];
  /** Matches that a skip strategy holds back; a heap as well. */
  readonly completed: readonly number[];
}

/** Neighbouring rules with one state. */
export interface PlainShare {
  /** Index of the first of the rules. */
  readonly rule: number;
  readonly count: number;
  /** Index of their heaps. */
  readonly heaps: number;
}

export class PlainState<E> {
  /** No window ends before this time; +Infinity if there is none. */
  due = Infinity;
  readonly events: E[] = [];
  /** Of the events. */
  readonly timestamps: number[] = [];
  readonly nodes: PlainNode[] = [];
  readonly heaps: PlainHeaps[] = [];
  /** By rising rule. */
  readonly shares: PlainShare[] = [];

  clear(): void {
    this.due = Infinity;
    this.events.length = 0;
    this.timestamps.length = 0;
    this.nodes.length = 0;
    this.heaps.length = 0;
    this.shares.length = 0;
  }
}
