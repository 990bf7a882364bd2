/**
 * What one event does to a run: found by following the graph from the run's state, given which conditions hold.
 *
 * Invariant: a step depends on the state and on the conditions' truth alone, so it can be kept and used again. Steps are
 * interned: two rules of a set that do the same to a run have the same Step object.
 */
import type { Predicate } from '../pattern/predicate.js';
import type { ConditionTable } from './condition-table.js';
import type { Graph, State } from './state.js';

/** One of the runs that come of a run. */
export class Move {
  constructor(
    /** Index of the stage that takes the event; -1 if the path stays as it is. */
    readonly stage: number,
    /** Index of the state where the run goes on; -1 if it does not. */
    readonly target: number,
    /** Whether the path is (also) a match. */
    readonly completes: boolean,
  ) {}
}

export class Step {
  readonly completes: boolean;

  constructor(
    /** Moves in the order in which they are made. */
    readonly moves: readonly Move[],
    /** The moves in short; unique among steps. */
    readonly name: string,
  ) {
    this.completes = moves.some((move) => move.completes);
  }
}

export class StepTable {
  readonly #steps = new Map<string, Step>();

  intern(moves: readonly Move[]): Step {
    const name = moves.map(({ stage, target, completes }) => `${stage}>${target}${completes ? '!' : ''}`).join();
    let step = this.#steps.get(name);
    if (step === undefined) this.#steps.set(name, (step = new Step(moves, name)));
    return step;
  }
}

/** Truth of conditions as far as it is known; undefined if not. */
export type KnownTruth = (condition: number) => boolean | undefined;

/** Explores one state under a partial knowledge of the truth. Made anew for each exploration. */
export class StepExplorer<E> {
  /** The condition that was needed and not known; -1 if the exploration succeeded. */
  missing = -1;

  constructor(
    private readonly graph: Graph<E>,
    private readonly table: ConditionTable<E>,
    private readonly truth: KnownTruth,
  ) {}

  /** The moves from a state, or undefined if a condition is `missing`. */
  explore(from: State<E>): readonly Move[] | undefined {
    const moves: Move[] = [];
    let isStopped = false;
    const stack = [from];
    for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
      for (const { action, target, predicate } of state.edges) {
        const isOpen = this.#evaluate(predicate);
        if (this.missing >= 0) return undefined;
        if (!isOpen) continue;
        if (action === 'proceed') {
          stack.push(target);
        } else if (action === 'take' || from !== this.graph.start) {
          const isTake = action === 'take';
          const completes = target.kind === 'final' || (isTake && this.#reachesEnd(target));
          if (this.missing >= 0) return undefined;
          isStopped ||= target.kind === 'stop';
          moves.push(new Move(isTake ? state.stageIndex : -1, target.kind === 'final' ? -1 : target.index, completes));
        }
      }
    }
    if (!isStopped) return moves;
    return moves.filter(({ completes }) => completes).map(({ stage }) => new Move(stage, -1, true));
  }

  /** Whether the end is reached by PROCEED edges alone. */
  #reachesEnd(from: State<E>): boolean {
    const stack = [from];
    for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
      for (const { action, target, predicate } of state.edges) {
        if (action !== 'proceed') continue;
        const isOpen = this.#evaluate(predicate);
        if (this.missing >= 0) return false;
        if (!isOpen) continue;
        if (target.kind === 'final') return true;
        stack.push(target);
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
        const known = this.truth(index);
        if (known === undefined) this.missing = index;
        return known === true;
      }
      case 'not':
        return !this.#evaluate(predicate.of);
      case 'and':
        return this.#evaluate(predicate.left) && this.missing < 0 && this.#evaluate(predicate.right);
      case 'or':
        return this.#evaluate(predicate.left) || (this.missing < 0 && this.#evaluate(predicate.right));
    }
  }
}
