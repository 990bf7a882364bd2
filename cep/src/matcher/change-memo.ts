/**
 * What became of states of rules on the present event where it did no more than begin a run, so that rules in the same
 * state that begin the same share the state that follows. Small, and searched from end to end: the rules of a set that
 * agree are of few kinds.
 */
import type { Step } from '../graph/step.js';
import type { RuleState } from './key-state.js';

const CAPACITY = 16;

export class ChangeMemo<E> {
  #size = 0;
  readonly #before: (RuleState<E> | undefined)[] = [];
  readonly #step: Step[] = [];
  readonly #after: (RuleState<E> | undefined)[] = [];

  /** For a new event. */
  clear(): void {
    this.#size = 0;
  }

  /** The number of the entry for a state and a step of the start run; -1 if there is none. */
  find(before: RuleState<E> | undefined, step: Step): number {
    for (let entry = this.#size - 1; entry >= 0; entry--) {
      if (this.#step[entry] === step && this.#before[entry] === before) return entry;
    }
    return -1;
  }

  after(entry: number): RuleState<E> | undefined {
    return this.#after[entry];
  }

  add(before: RuleState<E> | undefined, step: Step, after: RuleState<E> | undefined): void {
    if (this.#size === CAPACITY) return;
    this.#before[this.#size] = before;
    this.#step[this.#size] = step;
    this.#after[this.#size] = after;
    this.#size++;
  }
}
