/**
 * The state of one address while a batch of its messages is processed. Invocations see what earlier ones of the batch
 * left; of each state at most one mutation goes back, the net result.
 *
 * Invariants
 * - The function runs only if the platform knows of every declared state; what else it sends is passed over, as it
 *   never forgets state that a function once had.
 * - Only whom it is lent to can read and write it, which is the view of the handler that runs: what others did would be taken
 *   for this one's, or not be kept.
 */
import type { Address, PersistedValue, StateMutation, StateSpec } from '../wire/messages.js';
import { PARTS_TYPE } from '../wire/state-parts.js';
import { BroughtParts, usedTooLate } from './brought-parts.js';
import { CollectionSlot } from './collection-slot.js';
import { textOf } from './error-text.js';
import { FunctionError, type FunctionErrorCode } from './function-error.js';
import type { DeclaredState } from './state-declaration.js';
import { StateSlot } from './state-slot.js';

type Slot = StateSlot | CollectionSlot;

export class StateImage {
  readonly #target: Address;
  readonly #slots: readonly Slot[];
  /** Undefined: nothing is in parts. */
  readonly #parts: BroughtParts | undefined;
  #holder: object | undefined;

  private constructor(target: Address, slots: readonly Slot[], parts: BroughtParts | undefined) {
    this.#target = target;
    this.#slots = slots;
    this.#parts = parts;
  }

  /**
   * Returns what is missing if the platform does not know of all declared state. Throws a FunctionError if a value is
   * of another type than declared.
   */
  static of(
    target: Address,
    declared: readonly DeclaredState[],
    sent: readonly PersistedValue[],
  ): StateImage | readonly StateSpec[] {
    const slots: Slot[] = [];
    let parts: BroughtParts | undefined;
    let missing: StateSpec[] | undefined;
    for (let i = 0; i < declared.length; i++) {
      const state = declared[i]!;
      // Usually the platform knows of exactly these, in this order.
      const found = sent[i]?.name === state.name ? sent[i] : sent.find(({ name }) => name === state.name);
      if (found === undefined) {
        (missing ??= []).push(state.spec);
        continue;
      }
      if (state.inParts !== undefined) {
        requireParts(target, state, found);
        parts ??= new BroughtParts(target, sent);
        slots.push(new CollectionSlot(state, found, parts));
        continue;
      }
      const stored = found.value?.hasValue === true ? found.value : undefined;
      if (stored !== undefined && stored.typename !== state.type.typename)
        throw new FunctionError(
          'state-type-mismatch',
          `state ${state.name} is declared as ${state.type.typename}, and the platform has a ${stored.typename}`,
          { target },
        );
      slots.push(new StateSlot(state, stored));
    }
    return missing ?? new StateImage(target, slots, parts);
  }

  /** Parts that were read and are not there; with any of them, nothing that was done counts. */
  get wanted(): readonly StateSpec[] {
    return this.#parts === undefined ? [] : [...this.#parts.wanted.values()];
  }

  get isWanting(): boolean {
    return this.#parts !== undefined && this.#parts.wanted.size > 0;
  }

  /** To the view of the handler that runs from now on. */
  lendTo(view: object): void {
    this.#setHolder(view);
  }

  /** No handler runs any more. */
  close(): void {
    this.#setHolder(undefined);
  }

  read(index: number, view: object): unknown {
    this.#requireHeldBy(view, index);
    try {
      return this.#slots[index]!.read(view);
    } catch (error) {
      throw this.#failed('invalid-state', index, error);
    }
  }

  write(index: number, value: unknown, view: object): void {
    this.#requireHeldBy(view, index);
    this.#slots[index]!.write(value);
  }

  mutations(): StateMutation[] {
    const mutations: StateMutation[] = [];
    for (let i = 0; i < this.#slots.length; i++) {
      try {
        const slot = this.#slots[i]!;
        if (slot instanceof CollectionSlot) mutations.push(...slot.mutations());
        else {
          const mutation = slot.mutation();
          if (mutation !== undefined) mutations.push(mutation);
        }
      } catch (error) {
        throw this.#failed('invalid-effect', i, error);
      }
    }
    return mutations;
  }

  #setHolder(holder: object | undefined): void {
    this.#holder = holder;
    if (this.#parts !== undefined) this.#parts.holder = holder;
  }

  #requireHeldBy(view: object, index: number): void {
    if (this.#holder !== view) throw usedTooLate(this.#slots[index]!.declared.name, this.#target);
  }

  #failed(code: FunctionErrorCode, index: number, error: unknown): FunctionError {
    const message = `state ${this.#slots[index]!.declared.name}: ${textOf(error)}`;
    return new FunctionError(code, message, { target: this.#target }, { cause: error });
  }
}

/** A platform that takes a collection for one value would lose what is in it. */
function requireParts(target: Address, { name }: DeclaredState, { value }: PersistedValue): void {
  if (value?.typename === PARTS_TYPE) return;
  throw new FunctionError(
    'state-type-mismatch',
    `state ${name} is in parts, which this platform does not keep: declare it as one value`,
    { target },
  );
}
