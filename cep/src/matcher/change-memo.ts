/**
 * What became of states of rules on the present event, so that rules in the same state to which the same happens share the
 * state that follows. Small, and searched from end to end: most rules of a set that agree are of few kinds.
 */
import type { Step } from '../graph/step.js';
import type { RuleState } from './key-state.js';

const CAPACITY = 16;

export class ChangeMemo<E> {
  readonly #before: (RuleState<E> | undefined)[] = [];
  readonly #index: number[] = [];
  readonly #step: Step[] = [];
  readonly #after: (RuleState<E> | undefined)[] = [];

  /** For a new event. */
  clear(): void {
    if (this.#step.length === 0) return;
    this.#before.length = this.#index.length = this.#step.length = this.#after.length = 0;
  }

  /** The number of the entry for a state of which one run was changed; -1 if there is none. */
  find(before: RuleState<E> | undefined, index: number, step: Step): number {
    for (let entry = this.#step.length - 1; entry >= 0; entry--) {
      if (this.#step[entry] === step && this.#before[entry] === before && this.#index[entry] === index) return entry;
    }
    return -1;
  }

  after(entry: number): RuleState<E> | undefined {
    return this.#after[entry];
  }

  add(before: RuleState<E> | undefined, index: number, step: Step, after: RuleState<E> | undefined): void {
    if (this.#step.length === CAPACITY) return;
    this.#before.push(before);
    this.#index.push(index);
    this.#step.push(step);
    this.#after.push(after);
  }
}
