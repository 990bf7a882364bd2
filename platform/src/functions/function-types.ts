/**
 * The types of functions of a subtask: those that the application names, and, of a whole namespace (`shop/*`), those that it
 * meets.
 *
 * Invariants
 * - A type that is named is that, whatever else its namespace has (as on Apache StateFun).
 * - What a type of a namespace keeps belongs to the namespace, under the type's name, so that a checkpoint has the owners that
 *   the application says. Which types were met is operator state, the same in all subtasks after a restore.
 * - A subtask meets no more types of a namespace than that may have: nobody can fill it with names. Those that were restored stay.
 */
import { isNamespace, namespaceOf } from '../common/function-namespace.js';
import { NAMESPACE_TYPES_MAX, type FunctionTypeDescriptor } from '../job/function-node.js';
import type { MetricRegistry } from '../metrics/registry.js';
import { plainValueCodec } from '../state/codecs/plain-value-codec.js';
import type { KeyedStore } from '../state/keyed-store.js';
import type { OperatorListState } from '../state/operator-state/operator-list-state.js';
import type { OperatorStateStore } from '../state/operator-state/operator-state-store.js';
import type { FunctionEndpoint } from './function-endpoint.js';
import { FunctionTypeState } from './function-type-state.js';
import type { StateExpiries } from './state-expiry.js';
import { functionOwner, placeOf } from './state-place.js';

export interface FunctionTypesOptions {
  readonly types: readonly FunctionTypeDescriptor[];
  readonly endpoints: ReadonlyMap<string, FunctionEndpoint>;
  readonly store: KeyedStore;
  readonly operators: OperatorStateStore;
  readonly metrics: MetricRegistry;
  readonly clock: { now(): number };
  readonly expiries: StateExpiries;
  readonly parallelism: number;
}

interface Namespace {
  readonly descriptor: FunctionTypeDescriptor;
  readonly met: OperatorListState<string>;
}

const NAMES = plainValueCodec<string>();

export class FunctionTypes {
  readonly #types = new Map<string, FunctionTypeState>();
  readonly #namespaces = new Map<string, Namespace>();
  readonly #limited: FunctionTypeState[] = [];
  readonly #watching = new Map<number, (() => void)[]>();

  constructor(private readonly options: FunctionTypesOptions) {
    const { types, operators } = options;
    for (const descriptor of types) {
      if (isNamespace(descriptor.type)) {
        const met = operators.list({ owner: functionOwner(descriptor.type), name: 'types', codec: NAMES }, 'union');
        this.#namespaces.set(descriptor.type, { descriptor, met });
      } else this.#open(descriptor, descriptor.type);
    }
    for (const { descriptor, met } of this.#namespaces.values()) {
      const known = new Set(met.get());
      met.update([...known]);
      for (const type of known) this.#open({ ...descriptor, type }, descriptor.type);
    }
  }

  /** Undefined: the application does not have it, or its namespace has no place for it. One of a namespace is there from now on. */
  get(type: string): FunctionTypeState | undefined {
    return this.#types.get(type) ?? this.#meet(type);
  }

  /** As `get`, but meets none. */
  known(type: string): FunctionTypeState | undefined {
    return this.#types.get(type);
  }

  has(type: string): boolean {
    return this.declared(type) !== undefined;
  }

  /** What the application says of a type, or of its namespace. Undefined: nothing. */
  declared(type: string): FunctionTypeDescriptor | undefined {
    return this.#types.get(type)?.descriptor ?? this.#namespaceOf(type)?.descriptor;
  }

  values(): Iterable<FunctionTypeState> {
    return this.#types.values();
  }

  /** Those of which no more than so much may be called for. */
  get limited(): readonly FunctionTypeState[] {
    return this.#limited;
  }

  /** What they have now is told as the subtask's, also of those that are met later. @returns ends it */
  watch(subtask: number): () => void {
    const endings = [...this.#types.values()].map((type) => type.watch(this.options.metrics, subtask));
    this.#watching.set(subtask, endings);
    return () => {
      this.#watching.delete(subtask);
      endings.forEach((end) => end());
    };
  }

  #meet(type: string): FunctionTypeState | undefined {
    const namespace = this.#namespaceOf(type);
    if (namespace === undefined) return undefined;
    const { descriptor, met } = namespace;
    if (met.get().length >= typesMaxOf(descriptor)) return undefined;
    met.update([...met.get(), type]);
    const opened = this.#open({ ...descriptor, type }, descriptor.type);
    for (const [subtask, endings] of this.#watching) endings.push(opened.watch(this.options.metrics, subtask));
    return opened;
  }

  #namespaceOf(type: string): Namespace | undefined {
    const name = namespaceOf(type);
    return name === undefined ? undefined : this.#namespaces.get(name);
  }

  #open(descriptor: FunctionTypeDescriptor, declared: string): FunctionTypeState {
    const { endpoints, types: _, ...parts } = this.options;
    const { type } = descriptor;
    const endpoint = endpoints.get(descriptor.endpoint)!;
    const opened = new FunctionTypeState(descriptor, endpoint, { ...parts, place: placeOf(type, declared) });
    this.#types.set(type, opened);
    if (opened.limits !== undefined) this.#limited.push(opened);
    return opened;
  }
}

export function typesMaxOf({ typesMax = NAMESPACE_TYPES_MAX }: FunctionTypeDescriptor): number {
  return typesMax;
}
