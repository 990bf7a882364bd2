/**
 * Which states the database holds, under which numbers, and who wrote them.
 *
 * Invariants
 * - A number is given once in a database, so that what is left of a state that is gone never shows under another name.
 * - A state may have several numbers after a restore: what was written by another codec waits under a number of its own
 *   until the state is opened and migrated.
 */
import { invariant } from '../../common/errors.js';
import type { StateDescription } from '../../job/state-handle.js';
import type { TableAddress } from '../state-tables.js';

export interface NumberedState {
  readonly number: number;
  readonly description: StateDescription;
}

const NUMBERS = 65_536;

export class StateNumbers {
  readonly #states: NumberedState[] = [];
  #next = 0;

  get all(): readonly NumberedState[] {
    return this.#states;
  }

  /** Takes a state in under the number that it has. */
  restore(state: NumberedState): void {
    this.#states.push(state);
    this.#next = Math.max(this.#next, state.number + 1);
  }

  /** The number of what this codec writes, which may be new. */
  of(description: StateDescription): number {
    const known = this.#states.find((state) => isSame(state.description, description));
    if (known !== undefined) return known.number;
    invariant(this.#next < NUMBERS, `a task has at most ${NUMBERS} states`);
    const number = this.#next++;
    this.#states.push({ number, description });
    return number;
  }

  /** All that is known under a name. */
  named({ owner, name }: Pick<TableAddress, 'owner' | 'name'>): readonly NumberedState[] {
    return this.#states.filter(({ description }) => description.owner === owner && description.name === name);
  }

  remove(state: NumberedState): void {
    this.#states.splice(this.#states.indexOf(state), 1);
  }
}

function isSame(left: StateDescription, right: StateDescription): boolean {
  return (
    left.owner === right.owner &&
    left.name === right.name &&
    left.kind === right.kind &&
    left.codec === right.codec &&
    JSON.stringify(left.schema) === JSON.stringify(right.schema)
  );
}
