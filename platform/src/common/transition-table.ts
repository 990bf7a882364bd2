/**
 * Life cycles as data: from each state to which others. A state without successors is terminal.
 *
 * Invariants
 * - A lifecycle goes through legal transitions only; an illegal one is a bug and throws.
 */
import { invariant } from './errors.js';

export type TransitionTable<S extends string> = Readonly<Record<S, readonly S[]>>;

/** Told of every transition that is taken: the simulator counts which legal ones nobody takes. */
export interface TransitionObserver {
  visit<S extends string>(name: string, table: TransitionTable<S>, from: S, to: S): void;
}

export class Lifecycle<S extends string> {
  #state: S;

  /** @param name of the table, for observers and messages: `job`, `execution` */
  constructor(
    private readonly name: string,
    private readonly table: TransitionTable<S>,
    initial: S,
    private readonly observer: TransitionObserver | undefined,
  ) {
    this.#state = initial;
  }

  get state(): S {
    return this.#state;
  }

  get isTerminal(): boolean {
    return this.table[this.#state].length === 0;
  }

  to(next: S): void {
    const from = this.#state;
    invariant(this.table[from].includes(next), () => `${this.name}: ${from} → ${next} is no legal transition`);
    this.#state = next;
    this.observer?.visit(this.name, this.table, from, next);
  }
}
