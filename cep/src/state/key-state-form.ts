/**
 * How the states of one operator's keys are written and read: for hosts whose stores keep them as bytes.
 *
 * The form and its operator count times from the same origin.
 */
import type { KeyState } from '../matcher/key-state.js';
import type { TimeOrigin } from '../matcher/time-origin.js';
import type { PatternSet } from '../operator/pattern-set.js';
import { compareSets, type KeptMatches } from './compare-rules.js';
import { PlainStateMigration, type OnDropped } from './plain-state-migration.js';
import { PlainStateReader } from './plain-state-reader.js';
import { PlainStateWriter } from './plain-state-writer.js';
import type { PlainState } from './plain-state.js';
import { extentOf, type StateExtent } from './state-extent.js';
import { describeSet, type RuleMeaning, type SetDescription } from './set-description.js';

export class KeyStateForm<E> {
  /** What plain states mean that this form writes: to be kept with them. */
  readonly description: SetDescription;
  readonly #set: PatternSet<E>;
  readonly #origin: TimeOrigin;
  readonly #writer: PlainStateWriter<E>;
  readonly #reader: PlainStateReader<E>;

  /** @param meanings of the set's rules, by index */
  constructor(set: PatternSet<E>, meanings: readonly RuleMeaning[], origin: TimeOrigin) {
    this.description = describeSet(set, meanings);
    this.#set = set;
    this.#origin = origin;
    this.#writer = new PlainStateWriter<E>(origin);
    this.#reader = new PlainStateReader<E>(set.rules, origin);
  }

  /** Fills `plain`. */
  write(state: KeyState<E>, plain: PlainState<E>): void {
    this.#writer.write(state, this.#set.rules.length, plain);
  }

  /** As `due` of its plain state. */
  dueOf({ due }: KeyState<E>): number {
    return due === undefined ? Infinity : this.#origin.timestamp(due);
  }

  /** How much there is of it: see StateExtent. */
  extentOf(state: KeyState<E>): StateExtent<E> {
    return extentOf(state, this.#set.rules.length);
  }

  /**
   * Of what a form with the same description wrote.
   * @throws InvalidStateError
   */
  read(plain: PlainState<E>): KeyState<E> {
    return this.#reader.read(plain);
  }

  /**
   * A reader of what a form with another description wrote.
   * @param kept what is kept of each rule, by its name now; default: what the descriptions alone tell
   */
  migration(
    before: SetDescription,
    onDropped: OnDropped,
    kept: ReadonlyMap<string, KeptMatches> = compareSets(before, this.description),
  ): PlainStateMigration<E> {
    return new PlainStateMigration<E>(before, this.description, kept, this.#set.rules, this.#origin, onDropped);
  }
}
