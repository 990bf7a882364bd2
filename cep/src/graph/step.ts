/**
 * What one event does to a run: found by following the graph from the run's state, given which conditions hold.
 *
 * Invariant: a step depends on the state and on the conditions' truth alone, so it can be kept and used again.
 */
import type { Predicate } from '../pattern/predicate.js';
import type { ConditionTable } from './condition-table.js';
import type { Graph, State } from './state.js';

/** One of the runs that come of a run. */
export interface Move {
  /** Index of the stage that takes the event; -1 if the path stays as it is. */
  readonly stage: number;
  /** Index of the state where the run goes on; -1 if it does not. */
  readonly target: number;
  /** Whether the path is (also) a match. */
  readonly completes: boolean;
}

/** Moves in the order in which they are made. */
export type Step = readonly Move[];

/** The truth of conditions as far as it is known. */
export type KnownTruth = ReadonlyMap<number, boolean>;

/** Explores one state under a partial knowledge of the truth. Made anew for each exploration. */
export class StepExplorer<E> {
  /** The condition that was needed and not known; -1 if the exploration succeeded. */
  missing = -1;

  constructor(
    private readonly graph: Graph<E>,
    private readonly table: ConditionTable<E>,
    private readonly truth: KnownTruth,
  ) {}

  /** The step from a state, or undefined if a condition is `missing`. */
  explore(from: State<E>): Step | undefined {
    const moves: Move[] = [];
    let isStopped = false;
    const stack = [from];
    for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
      for (const edge of state.edges) {
        const isOpen = this.#evaluate(edge.predicate);
        if (this.missing >= 0) return undefined;
        if (!isOpen) continue;
        if (edge.action === 'proceed') {
          stack.push(edge.target);
        } else if (edge.action === 'take' || from !== this.graph.start) {
          const stage = edge.action === 'take' ? state.stageIndex : -1;
          const completes = edge.target.kind === 'final' || (edge.action === 'take' && this.#reachesEnd(edge.target));
          if (this.missing >= 0) return undefined;
          isStopped ||= edge.target.kind === 'stop';
          moves.push({ stage, target: edge.target.kind === 'final' ? -1 : edge.target.index, completes });
        }
      }
    }
    return isStopped ? moves.filter((move) => move.completes).map((move) => ({ ...move, target: -1 })) : moves;
  }

  /** Whether the end is reached by PROCEED edges alone. */
  #reachesEnd(from: State<E>): boolean {
    const stack = [from];
    for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
      for (const edge of state.edges) {
        if (edge.action !== 'proceed') continue;
        const isOpen = this.#evaluate(edge.predicate);
        if (this.missing >= 0) return false;
        if (!isOpen) continue;
        if (edge.target.kind === 'final') return true;
        stack.push(edge.target);
      }
    }
    return false;
  }

  #evaluate(predicate: Predicate<E>): boolean {
    switch (predicate.kind) {
      case 'true':
        return true;
      case 'condition': {
        const index = this.table.indexOf(predicate.condition);
        const known = this.truth.get(index);
        if (known === undefined) this.missing = index;
        return known === true;
      }
      case 'not':
        return !this.#evaluate(predicate.of);
      case 'and':
        return this.#evaluate(predicate.left) && (this.missing < 0 ? this.#evaluate(predicate.right) : false);
      case 'or':
        return this.#evaluate(predicate.left) || (this.missing < 0 ? this.#evaluate(predicate.right) : false);
    }
  }
}
