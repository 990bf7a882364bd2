/** One state in parts of one address during a batch. */
import type { PersistedValue, StateMutation } from '../wire/messages.js';
import { PartialList } from './list-state.js';
import { PartialMap } from './map-state.js';
import type { DeclaredState } from './state-declaration.js';
import { StateParts, type PartsSource } from './state-parts.js';

export class CollectionSlot {
  readonly #collection: PartialList<unknown> | PartialMap<unknown>;

  constructor(
    readonly declared: DeclaredState,
    own: PersistedValue,
    source: PartsSource,
  ) {
    const parts = new StateParts(declared.name, declared.type, source);
    this.#collection = declared.inParts === 'list' ? new PartialList(parts, own) : new PartialMap(parts);
  }

  read(): unknown {
    return this.#collection;
  }

  /** undefined clears it. Throws a TypeError for anything else: it is changed by its methods. */
  write(value: unknown): void {
    if (value !== undefined)
      throw new TypeError(`state ${this.declared.name} is a ${this.declared.inParts}: change it by its methods`);
    this.#collection.clear();
  }

  /** Throws what the type's `encode` throws. */
  mutations(): StateMutation[] {
    return this.#collection.mutations();
  }
}
