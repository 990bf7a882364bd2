/** One state in parts of one address during a batch. */
import type { PersistedValue, StateMutation } from '../wire/messages.js';
import type { BroughtParts } from './brought-parts.js';
import { LentList } from './lent-list.js';
import { LentMap } from './lent-map.js';
import { PartialList } from './list-state.js';
import { PartialMap } from './map-state.js';
import type { DeclaredState } from './state-declaration.js';
import { StateParts } from './state-parts.js';

export class CollectionSlot {
  readonly #collection: PartialList<unknown> | PartialMap<unknown>;
  #holder: object | undefined;
  #lent: LentList<unknown> | LentMap<unknown> | undefined;

  constructor(
    readonly declared: DeclaredState,
    own: PersistedValue,
    source: BroughtParts,
  ) {
    const parts = new StateParts(declared.name, declared.type, source);
    this.#collection = declared.inParts === 'list' ? new PartialList(parts, own) : new PartialMap(parts);
  }

  /** As the holder may use it, for as long as it has the state. */
  read(holder: object): unknown {
    if (this.#holder !== holder) {
      this.#holder = holder;
      this.#lent = lent(this.#collection, holder);
    }
    return this.#lent;
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

function lent(collection: PartialList<unknown> | PartialMap<unknown>, holder: object) {
  return collection instanceof PartialList ? new LentList(collection, holder) : new LentMap(collection, holder);
}
