/**
 * The state of one address while a batch of its messages is processed. Invocations see what earlier ones of the batch
 * left; of each state at most one mutation goes back, the net result.
 *
 * Invariants
 * - The function runs only if the platform knows of every declared state; what else it sends is passed over, as it
 *   never forgets state that a function once had.
 * - Once closed it can no longer be read or written: nothing of that would be kept.
 */
import type { Address, PersistedValue, StateMutation, StateSpec } from '../wire/messages.js';
import { FunctionError, type FunctionErrorCode } from './function-error.js';
import type { DeclaredState } from './state-declaration.js';
import { StateSlot } from './state-slot.js';

export class StateImage {
  readonly #target: Address;
  readonly #slots: readonly StateSlot[];
  #isClosed = false;

  private constructor(target: Address, slots: readonly StateSlot[]) {
    this.#target = target;
    this.#slots = slots;
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
    const slots: StateSlot[] = [];
    let missing: StateSpec[] | undefined;
    for (let i = 0; i < declared.length; i++) {
      const state = declared[i]!;
      // Usually the platform knows of exactly these, in this order.
      const found = sent[i]?.name === state.name ? sent[i] : sent.find(({ name }) => name === state.name);
      if (found === undefined) {
        (missing ??= []).push(state.spec);
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
    return missing ?? new StateImage(target, slots);
  }

  read(index: number): unknown {
    this.#requireOpen(index);
    try {
      return this.#slots[index]!.read();
    } catch (error) {
      throw this.#failed('invalid-state', index, error);
    }
  }

  write(index: number, value: unknown): void {
    this.#requireOpen(index);
    this.#slots[index]!.write(value);
  }

  close(): void {
    this.#isClosed = true;
  }

  mutations(): StateMutation[] {
    const mutations: StateMutation[] = [];
    for (let i = 0; i < this.#slots.length; i++) {
      try {
        const mutation = this.#slots[i]!.mutation();
        if (mutation !== undefined) mutations.push(mutation);
      } catch (error) {
        throw this.#failed('invalid-effect', i, error);
      }
    }
    return mutations;
  }

  #requireOpen(index: number): void {
    if (!this.#isClosed) return;
    const { name } = this.#slots[index]!.declared;
    throw new Error(
      `state ${name} of ${this.#target.type} was used after its handler had ended, so nothing of that would be kept: ` +
        'await what the handler starts',
    );
  }

  #failed(code: FunctionErrorCode, index: number, error: unknown): FunctionError {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `state ${this.#slots[index]!.declared.name}: ${reason}`;
    return new FunctionError(code, message, { target: this.#target }, { cause: error });
  }
}
