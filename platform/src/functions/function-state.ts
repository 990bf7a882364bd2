/**
 * The state of all addresses of one type: opaque values by name, and which names there are.
 *
 * Invariants
 * - A state is known from its registration on; its type stays. What is known is operator state, the same in all subtasks
 *   after a restore, so that a restored function is given its state from the first call on.
 * - What has expired is never given (StateFun's NeverReturnExpired).
 */
import type { PersistedValue, StateMutation, StateSpec, TypedValue } from '@tidegate/functions-sdk/protocol';
import { TidegateError } from '../common/errors.js';
import { fromKey } from '../record/key.js';
import { plainValueCodec } from '../state/codecs/plain-value-codec.js';
import type { Glance, KeyedStore, ValueState } from '../state/keyed-store.js';
import type { OperatorListState } from '../state/operator-state/operator-list-state.js';
import type { OperatorStateStore } from '../state/operator-state/operator-state-store.js';
import { keyOfId } from './function-message.js';
import type { StatePlace } from './state-place.js';
import { TYPED_VALUES } from './typed-value-codec.js';

interface RegisteredState {
  readonly spec: StateSpec;
  readonly values: ValueState<TypedValue>;
}

/** That there is a value, and nothing of it. */
const NO_GLANCE: Glance<TypedValue, undefined> = { ofValue: () => undefined, ofBytes: () => undefined };
const SPECS = plainValueCodec<StateSpec>();
/** What StateFun calls a state that says no type. */
const UNSET = 'io.statefun.types/unset';

export class FunctionState {
  readonly #registered = new Map<string, RegisteredState>();
  readonly #specs: OperatorListState<StateSpec>;

  constructor(
    private readonly store: KeyedStore,
    operators: OperatorStateStore,
    private readonly place: StatePlace,
  ) {
    const { owner, prefix } = place;
    this.#specs = operators.list({ owner, name: `${prefix}registered`, codec: SPECS }, 'union');
    for (const spec of this.#specs.get()) this.#open(spec);
    this.#keepSpecs();
  }

  /**
   * @returns whether any of them was not known
   * @throws TidegateError TG480 when one is known with another type
   */
  register(specs: readonly StateSpec[]): boolean {
    let isNew = false;
    for (const { typename, ...spec } of specs) {
      const type = typename === '' ? UNSET : typename;
      const known = this.#registered.get(spec.name);
      if (known === undefined) {
        this.#open({ ...spec, typename: type });
        isNew = true;
      } else if (known.spec.typename !== type)
        throw new TidegateError(
          'TG480',
          `${this.place.subject} declares its state ${spec.name} as ${type}; it is kept as ${known.spec.typename}. ` +
            'Give the state another name, or go back to the former type.',
        );
    }
    if (isNew) this.#keepSpecs();
    return isNew;
  }

  /** What is known of a state's form; undefined: it was never declared. */
  spec(name: string): StateSpec | undefined {
    return this.#registered.get(name)?.spec;
  }

  get specs(): readonly StateSpec[] {
    return [...this.#registered.values()].map(({ spec }) => spec);
  }

  /** Of all addresses that have state: each as often as it has states. */
  *ids(): Generator<string> {
    for (const { values } of this.#registered.values())
      for (const [key] of values.scan(NO_GLANCE)) yield fromKey(key) as string;
  }

  /** All that is known, as a call brings it. */
  read(id: string): PersistedValue[] {
    const key = keyOfId(id);
    const values: PersistedValue[] = [];
    for (const { spec, values: of } of this.#registered.values()) values.push({ name: spec.name, value: of.get(key) });
    return values;
  }

  /** Why the changes cannot be applied; undefined if they can. */
  refuse(mutations: readonly StateMutation[]): string | undefined {
    for (const { name, value } of mutations) {
      const known = this.#registered.get(name);
      if (known === undefined) return `the answer changes the state ${name}, which the function never declared`;
      if (value !== undefined && value.typename !== known.spec.typename)
        return `the answer changes the state ${name} to a ${value.typename}, and it is a ${known.spec.typename}`;
    }
    return undefined;
  }

  apply(id: string, mutations: readonly StateMutation[]): void {
    const key = keyOfId(id);
    for (const { name, value } of mutations) {
      const { values } = this.#registered.get(name)!;
      if (value === undefined) values.delete(key);
      else values.put(key, withOwnBytes(value));
    }
  }

  #open(spec: StateSpec): void {
    if (this.#registered.has(spec.name)) return;
    const { name, expiration } = spec;
    const values = this.store.value({
      owner: this.place.owner,
      name: `${this.place.prefix}state.${name}`,
      codec: TYPED_VALUES,
      ...(expiration === undefined ? {} : { ttl: { ms: expiration.ms, onRead: expiration.after === 'call' } }),
    });
    this.#registered.set(name, { spec, values });
  }

  #keepSpecs(): void {
    this.#specs.update(this.specs);
  }
}

/** What comes in an answer is a view of it: a few bytes of state must not keep the whole of it. */
function withOwnBytes({ typename, hasValue, bytes }: TypedValue): TypedValue {
  return { typename, hasValue, bytes: Uint8Array.prototype.slice.call(bytes) };
}
