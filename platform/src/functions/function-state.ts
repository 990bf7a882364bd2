/**
 * The state of all addresses of one type: opaque values by name, and which names there are.
 *
 * Invariants
 * - A state is known from its registration on; its type stays. What is known is operator state, the same in all subtasks
 *   after a restore, so that a restored function is given its state from the first call on.
 * - What has expired is never given (StateFun's NeverReturnExpired). An expiration that has changed counts from then on, also
 *   for what is there (StateFun passes changes over).
 */
import {
  PARTS_TYPE,
  statePart,
  type PersistedValue,
  type StateMutation,
  type StatePart,
  type StateSpec,
  type TypedValue,
} from '@tidegate/functions-sdk/protocol';
import { TidegateError } from '../common/errors.js';
import { fromKey, type Key } from '../record/key.js';
import { plainValueCodec } from '../state/codecs/plain-value-codec.js';
import type { Glance, KeyedStore, ValueState } from '../state/keyed-store.js';
import type { OperatorListState } from '../state/operator-state/operator-list-state.js';
import type { OperatorStateStore } from '../state/operator-state/operator-state-store.js';
import { keyOfId } from './function-message.js';
import { ownBytes } from './own-bytes.js';
import { StateCollection } from './state-collection.js';
import { StateExpiry, type StateExpiries, type ToldExpiration } from './state-expiry.js';
import type { StatePlace } from './state-place.js';
import { TYPED_VALUES } from './typed-value-codec.js';

interface RegisteredState {
  spec: StateSpec;
  readonly values: ValueState<TypedValue>;
  /** Changed in place, as the store looks at it. */
  readonly ttl: { ms: number; onRead: boolean };
  /** Present from when its expiry was first to be told. */
  expiry: StateExpiry | undefined;
  /** Present where the state is in parts: then `values` has what is kept of the whole. */
  readonly collection: StateCollection | undefined;
}

/** Of a collection of which nothing else is known. */
const NOTHING_OF_IT: TypedValue = { typename: PARTS_TYPE, hasValue: true, bytes: new Uint8Array(0) };

/** That there is a value, and nothing of it. */
const NO_GLANCE: Glance<TypedValue, undefined> = { ofValue: () => undefined, ofBytes: () => undefined };
const SPECS = plainValueCodec<StateSpec>();
/** What StateFun calls a state that says no type. */
const UNSET = 'io.statefun.types/unset';

interface KnownPart {
  readonly collection: StateCollection;
  readonly part: StatePart;
  readonly values: ValueState<TypedValue>;
}

const NO_PARTS: readonly string[] = [];

export interface FunctionStateParts {
  readonly place: StatePlace;
  readonly store: KeyedStore;
  readonly operators: OperatorStateStore;
  readonly clock: { now(): number };
  /** Of all types. */
  readonly expiries: StateExpiries;
}

/** Ids of addresses, maybe some of them again and again. */
export interface IdRun {
  readonly ids: Iterable<string>;
  /** By their bytes in UTF-8. */
  readonly isOrdered: boolean;
}

export class FunctionState {
  readonly #registered = new Map<string, RegisteredState>();
  readonly #specs: OperatorListState<StateSpec>;
  #hasCollections = false;

  constructor(
    private readonly type: string,
    private readonly parts: FunctionStateParts,
  ) {
    const { operators, place } = parts;
    const { owner, prefix } = place;
    this.#specs = operators.list({ owner, name: `${prefix}registered`, codec: SPECS }, 'union');
    for (const spec of this.#specs.get()) this.#open(spec);
    this.#keepSpecs();
  }

  /**
   * What is known with another expiration has this one from now on.
   * @returns whether any of them was not known
   * @throws TidegateError TG480 when one is known with another type
   */
  register(specs: readonly StateSpec[]): boolean {
    let isNew = false;
    let isChanged = false;
    for (const { typename, ...spec } of specs) {
      if (this.#partOf(spec.name) !== undefined) continue;
      const type = typename === '' ? UNSET : typename;
      const known = this.#registered.get(spec.name);
      if (known === undefined) {
        this.#open({ ...spec, typename: type });
        isNew = true;
      } else if (!isSameForm(known.spec, { ...spec, typename: type }))
        throw new TidegateError(
          'TG480',
          `${this.parts.place.subject} declares its state ${spec.name} as ${formOf({ ...spec, typename: type })}; ` +
            `it is kept as ${formOf(known.spec)}. Give the state another name, or go back to the former type.`,
        );
      else if (!isSameExpiration(known.spec, spec) || (spec.parts !== undefined && known.spec.parts === undefined)) {
        const { parts } = known.spec;
        this.#change(known, { ...(parts === undefined ? {} : { parts }), ...spec, typename: type });
        isChanged = true;
      }
    }
    if (isNew || isChanged) this.#keepSpecs();
    return isNew;
  }

  /** What is known of a state's form; undefined: it was never declared. */
  spec(name: string): StateSpec | undefined {
    return this.#registered.get(name)?.spec;
  }

  get specs(): readonly StateSpec[] {
    return [...this.#registered.values()].map(({ spec }) => spec);
  }

  /** Of all addresses that have state, each as often as it has states: those behind one where they have an order. */
  *idRuns(after: string | undefined): Generator<IdRun> {
    for (const { values } of this.#registered.values()) {
      const runs = values.runs(after === undefined ? undefined : keyOfId(after), NO_GLANCE);
      if (runs === undefined) yield { ids: idsOf(values.scan(NO_GLANCE)), isOrdered: false };
      else for (const run of runs) yield { ids: idsOf(run), isOrdered: true };
    }
  }

  /** What is kept of each state, for a look from outside: of one in parts that there are some. */
  kept(id: string): PersistedValue[] {
    const key = keyOfId(id);
    return [...this.#registered.values()].map(({ spec, values }) => ({ name: spec.name, value: values.get(key) }));
  }

  /** What is kept of a state in parts as a whole, or of one of its parts, or a page of them; by its name. */
  part(id: string, name: string): TypedValue | undefined {
    const key = keyOfId(id);
    const known = this.#partOf(name);
    return known === undefined ? this.#registered.get(name)?.values.get(key) : known.collection.read(key, known.part);
  }

  /** Which of these are parts of what is known; the others are states. */
  partsOf(specs: readonly StateSpec[]): readonly string[] {
    return specs.flatMap(({ name }) => (this.#partOf(name) === undefined ? [] : [name]));
  }

  /** All that is known, as a call brings it. @param parts names of those that it brings, too */
  read(id: string, parts: Iterable<string> = NO_PARTS): PersistedValue[] {
    const key = keyOfId(id);
    const values: PersistedValue[] = [];
    for (const { spec, values: of, expiry, collection } of this.#registered.values()) {
      const value = of.get(key) ?? (collection && NOTHING_OF_IT);
      if (expiry !== undefined && value !== undefined && spec.expiration?.after === 'call')
        expiry.touch(key, this.parts.clock.now());
      values.push({ name: spec.name, value });
    }
    for (const name of parts) {
      const { collection, part } = this.#partOf(name)!;
      values.push({ name, value: collection.read(key, part) });
    }
    return values;
  }

  /** Why the changes cannot be applied; undefined if they can. */
  refuse(mutations: readonly StateMutation[]): string | undefined {
    for (const { name, value } of mutations) {
      const part = this.#partOf(name);
      if (part?.part.kind === 'page') return `the answer changes a page of the state ${part.part.state}`;
      const known = this.#registered.get(part?.part.state ?? name);
      if (known === undefined) return `the answer changes the state ${name}, which the function never declared`;
      const typename = known.collection !== undefined && part === undefined ? PARTS_TYPE : known.spec.typename;
      if (value !== undefined && value.typename !== typename)
        return `the answer changes the state ${name} to a ${value.typename}, and it is a ${typename}`;
    }
    return undefined;
  }

  apply(id: string, mutations: readonly StateMutation[]): void {
    const key = keyOfId(id);
    for (const { name, value } of mutations) {
      const part = this.#partOf(name);
      if (part !== undefined) {
        this.#applyPart(key, part, value);
        continue;
      }
      const { values, expiry, collection } = this.#registered.get(name)!;
      if (value === undefined) collection?.clear(key);
      if (value === undefined) values.delete(key);
      else values.put(key, withOwnBytes(value));
      if (expiry === undefined) continue;
      if (value === undefined) expiry.forget(key);
      else expiry.touch(key, this.parts.clock.now());
    }
  }

  /** An address that has parts has the whole, too, so that it is known to have state. */
  #applyPart(key: Key, { collection, part, values }: KnownPart, value: TypedValue | undefined): void {
    if (part.kind === 'page') return;
    if (value === undefined) return collection.delete(key, part.key);
    collection.put(key, part.key, withOwnBytes(value));
    if (values.get(key) === undefined) values.put(key, NOTHING_OF_IT);
  }

  /** Undefined for a name that is a state's own. */
  #partOf(name: string): KnownPart | undefined {
    if (!this.#hasCollections || this.#registered.has(name)) return undefined;
    const part = statePart(name);
    const { collection, values } = (part && this.#registered.get(part.state)) ?? {};
    return part && collection && values && { collection, part, values };
  }

  #open(spec: StateSpec): void {
    if (this.#registered.has(spec.name)) return;
    const { store, place } = this.parts;
    const { owner, prefix } = place;
    const ttl = timeToLive(spec);
    const values = store.value({ owner, name: `${prefix}state.${spec.name}`, codec: TYPED_VALUES, ttl });
    const collection = spec.isInParts === true ? new StateCollection(store, place, spec.name) : undefined;
    const state: RegisteredState = { spec, values, ttl, expiry: undefined, collection };
    this.#hasCollections ||= collection !== undefined;
    this.#registered.set(spec.name, state);
    const told = toldExpiration(spec);
    if (told !== undefined) this.#expiryOf(state).restore(told);
  }

  #change(state: RegisteredState, spec: StateSpec): void {
    state.spec = spec;
    Object.assign(state.ttl, timeToLive(spec));
    const told = toldExpiration(spec);
    if (told !== undefined || state.expiry !== undefined) this.#expiryOf(state).change(told, this.parts.clock.now());
  }

  #expiryOf(state: RegisteredState): StateExpiry {
    if (state.expiry !== undefined) return state.expiry;
    const { store, place, expiries } = this.parts;
    const { values, spec } = state;
    state.expiry = new StateExpiry({ store, place, type: this.type, name: spec.name, values });
    expiries.add(state.expiry);
    return state.expiry;
  }

  #keepSpecs(): void {
    this.#specs.update(this.specs);
  }
}

/** Where the expiry is told, the value stays until it is. */
function timeToLive({ expiration, onExpiry }: StateSpec): RegisteredState['ttl'] {
  const isKept = expiration === undefined || onExpiry !== undefined;
  return { ms: isKept ? Infinity : expiration.ms, onRead: !isKept && expiration.after === 'call' };
}

function toldExpiration({ expiration, onExpiry }: StateSpec): ToldExpiration | undefined {
  return expiration === undefined || onExpiry === undefined ? undefined : { ms: expiration.ms, told: onExpiry };
}

function formOf({ typename, isInParts, parts }: StateSpec): string {
  if (parts !== undefined) return `a ${parts} of ${typename}`;
  return isInParts === true ? `parts of ${typename}` : typename;
}

/** Who does not tell what parts make has nothing against what others told. */
function isSameForm(one: StateSpec, other: StateSpec): boolean {
  if (one.typename !== other.typename || one.isInParts !== other.isInParts) return false;
  return one.parts === other.parts || one.parts === undefined || other.parts === undefined;
}

type Expiring = Pick<StateSpec, 'expiration' | 'onExpiry'>;

function isSameExpiration(one: Expiring, other: Expiring): boolean {
  return (
    one.expiration?.ms === other.expiration?.ms &&
    one.expiration?.after === other.expiration?.after &&
    one.onExpiry === other.onExpiry
  );
}

function* idsOf(told: Iterable<readonly [key: Key, told: unknown]>): Generator<string> {
  for (const [key] of told) yield fromKey(key) as string;
}

/** What comes in an answer is a view of it: a few bytes of state must not keep the whole of it. */
function withOwnBytes({ typename, hasValue, bytes }: TypedValue): TypedValue {
  return { typename, hasValue, bytes: ownBytes(bytes) };
}
