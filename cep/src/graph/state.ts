/** The state graph that a pattern compiles to. Edges are kept in the order they were added: it decides the order of matches. */
import type { Predicate } from '../pattern/predicate.js';

export type StateKind =
  /** Waits for an event. The start is one of these; `Graph.start` tells which. */
  | 'normal'
  /** Reaching it ends the run, with all that its last event made of it. */
  | 'stop'
  /** Waits for its window to run out, and is a match then. */
  | 'pending'
  | 'final';

/**
 * What a state is for within its stage; with the stage's name it tells what a stored run is waiting for.
 * `skip` is the twin that a run goes to when it ignores an event, so that the choice to leave the stage is made once.
 */
export type StateRole = 'take' | 'loop' | 'skip' | 'group-end' | 'not' | 'stop' | 'end' | 'copy';

/** TAKE: the event joins the source's stage. IGNORE: it is kept out. PROCEED: look at the target's edges with the same event. */
export type EdgeAction = 'take' | 'ignore' | 'proceed';

export interface Edge<E> {
  readonly action: EdgeAction;
  readonly target: State<E>;
  predicate: Predicate<E>;
}

export class State<E> {
  readonly edges: Edge<E>[] = [];
  /** Runs here end this long after the last event they took, in ms; undefined for no such limit. */
  gapWindow: number | undefined;

  constructor(
    /** Position in the graph. */
    readonly index: number,
    readonly stage: string,
    /** Position of the stage in the graph's `stages`. */
    readonly stageIndex: number,
    readonly role: StateRole,
    readonly kind: StateKind,
    /** Unique in its graph. */
    readonly name: string,
  ) {}

  take(target: State<E>, predicate: Predicate<E>): void {
    this.edges.push({ action: 'take', target, predicate });
  }

  ignore(target: State<E>, predicate: Predicate<E>): void {
    this.edges.push({ action: 'ignore', target, predicate });
  }

  proceed(target: State<E>, predicate: Predicate<E>): void {
    this.edges.push({ action: 'proceed', target, predicate });
  }
}

export interface Graph<E> {
  readonly states: readonly State<E>[];
  /** Names that states bear: the stages, and some that never take an event. */
  readonly stages: readonly string[];
  readonly start: State<E>;
  /** From the first to the last event of a match, in ms; undefined or 0 for no limit. */
  readonly window: number | undefined;
}
