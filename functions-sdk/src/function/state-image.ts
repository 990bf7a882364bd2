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
import { PARTS_TYPE } from '../wire/state-parts.js';
import { FunctionError, type FunctionErrorCode } from './function-error.js';
import type { DeclaredState } from './state-declaration.js';
import { CollectionSlot } from './collection-slot.js';
import { MissingPart, type PartsSource } from './state-parts.js';
import { StateSlot } from './state-slot.js';

type Slot = StateSlot | CollectionSlot;

export class StateImage {
  readonly #target: Address;
  readonly #slots: readonly Slot[];
  readonly #wanted: Map<string, StateSpec>;
  #isClosed = false;

  private constructor(target: Address, slots: readonly Slot[], wanted: Map<string, StateSpec>) {
    this.#target = target;
    this.#slots = slots;
    this.#wanted = wanted;
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
    const wanted = new Map<string, StateSpec>();
    const parts = partsOf(declared, sent, wanted);
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
    return missing ?? new StateImage(target, slots, wanted);
  }

  /** Parts that were read and are not there; with any of them, nothing that was done counts. */
  get wanted(): readonly StateSpec[] {
    return [...this.#wanted.values()];
  }

  get isWanting(): boolean {
    return this.#wanted.size > 0;
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

const NO_PARTS: PartsSource = {
  brought: new Map(),
  want: () => {
    throw new Error('nothing is in parts');
  },
};

/** @param wanted by name; what is asked for is put there */
function partsOf(
  declared: readonly DeclaredState[],
  sent: readonly PersistedValue[],
  wanted: Map<string, StateSpec>,
): PartsSource {
  if (declared.every(({ inParts }) => inParts === undefined)) return NO_PARTS;
  return {
    brought: new Map(sent.map((value) => [value.name, value])),
    want(name, typename) {
      wanted.set(name, { name, typename, expiration: undefined });
      throw new MissingPart(`${name} is asked for; the handler is run again when it is there`);
    },
  };
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
