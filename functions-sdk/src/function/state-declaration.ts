/**
 * The state of a function, as its author declares it: a type alone, or a type with a default and an expiration. The
 * types of `context.state` follow from it.
 *
 * Invariants
 * - Names are identifiers; StateFun keeps them for ever, and the type of a name never changes.
 */
import { toMs, type Duration } from '../types/duration.js';
import { formOf, type ValueType } from '../types/value-type.js';
import type { Expiration, StateSpec } from '../wire/messages.js';
import type { ListState } from './list-state.js';
import type { MapState } from './map-state.js';

export interface Persisted<T, Default extends T | undefined = T | undefined> {
  readonly type: ValueType<T>;
  readonly expiration: Expiration | undefined;
  /** The type of the message that brings an expired value. */
  readonly onExpiry: ValueType<T> | undefined;
  /** What is read while there is no value; a new one each time. Reading it does not store it. */
  readonly initial: () => Default;
}

/** @typeParam T what is kept */
export interface PersistedOptions<T = never> {
  /** The value is gone this long after it was last written. */
  readonly expireAfterWrite?: Duration;
  /** The value is gone this long after the function was last called. */
  readonly expireAfterCall?: Duration;
  /**
   * The instance gets a message of this type, with the value, when that expires. The type is one of its own in the form of the
   * state's, as the platform passes the bytes on: `types.named('shop/CartExpired', Cart)`. Apache StateFun tells nobody.
   */
  readonly onExpiry?: ValueType<T>;
}

/** A function for what can be changed in place: each instance needs its own. */
export type DefaultOf<T> = T extends object ? () => T : T | (() => T);

/** State with a default: never undefined in the function. */
export function persisted<T>(
  type: ValueType<T>,
  options: PersistedOptions<NoInfer<T>> & { readonly default: DefaultOf<NoInfer<T>> },
): Persisted<T, T>;
/** State that expires. */
export function persisted<T>(type: ValueType<T>, options: PersistedOptions<NoInfer<T>>): Persisted<T, undefined>;
export function persisted<T>(
  type: ValueType<T>,
  options: PersistedOptions<T> & { readonly default?: DefaultOf<T> },
): Persisted<T> {
  const { default: initial, onExpiry } = options;
  const expiration = expirationOf(options);
  if (onExpiry !== undefined) requireTellable(type, expiration, onExpiry);
  return {
    type,
    expiration,
    onExpiry,
    initial: typeof initial === 'function' ? (initial as () => T) : () => initial as T | undefined,
  };
}

/** Throws a RangeError that says what to do instead. */
function requireTellable<T>(type: ValueType<T>, expiration: Expiration | undefined, onExpiry: ValueType<T>): void {
  const told = onExpiry.typename;
  if (expiration === undefined)
    throw new RangeError(`state that never expires sends no ${told}: add expireAfterWrite or expireAfterCall`);
  const instead = `types.named('${told === type.typename ? 'my/Expired' : told}', TYPE), where TYPE is the state's`;
  if (told === type.typename)
    throw new RangeError(
      `the expiry of a ${told} is told in a type of its own, and not as any other ${told}: ${instead}`,
    );
  if (formOf(onExpiry) !== formOf(type))
    throw new RangeError(
      `a ${type.typename} that expires comes as it was stored, which no ${told} can be read from: ${instead}`,
    );
}

/** State of which a call brings only what the function reads. */
export interface InParts<T, Kind extends 'list' | 'map'> {
  readonly inParts: Kind;
  readonly type: ValueType<T>;
}

/** A list that may grow: elements are brought when they are read, and only what is appended or changed is taken back. */
export function persistedList<T>(type: ValueType<T>): InParts<T, 'list'> {
  return { inParts: 'list', type };
}

/** A map, by keys that are texts: values are brought when they are read, and only what is changed is taken back. */
export function persistedMap<T>(type: ValueType<T>): InParts<T, 'map'> {
  return { inParts: 'map', type };
}

export type StateDeclaration = ValueType<unknown> | Persisted<unknown, unknown> | InParts<unknown, 'list' | 'map'>;

export type StateDeclarations = Readonly<Record<string, StateDeclaration>>;

/** What `context.state` is for these declarations. */
export type StateOf<D> = {
  -readonly [K in keyof D]: D[K] extends InParts<infer T, infer Kind>
    ? Kind extends 'list'
      ? ListState<T>
      : MapState<T>
    : D[K] extends Persisted<infer T, infer Default>
      ? T | Default
      : D[K] extends ValueType<infer T>
        ? T | undefined
        : never;
};

/** One declared state, ready for use. */
export interface DeclaredState {
  readonly name: string;
  readonly type: ValueType<unknown>;
  readonly initial: () => unknown;
  /** Absent: it is one value. */
  readonly inParts?: 'list' | 'map';
  readonly spec: StateSpec;
}

const STATE_NAME = /^[A-Za-z_]\w*$/;

/** Throws a RangeError that names the state and what is wrong with it. */
export function toDeclaredStates(functionType: string, declarations: StateDeclarations): DeclaredState[] {
  return Object.entries(declarations).map(([name, declaration]) => {
    if (!STATE_NAME.test(name))
      throw new RangeError(
        `state ${JSON.stringify(name)} of ${functionType}: a name is letters, digits and _, and does not begin with a digit`,
      );
    if (isPartial(declaration)) {
      const { type, inParts } = declaration;
      const spec: StateSpec = { name, typename: type.typename, expiration: undefined, isInParts: true, parts: inParts };
      return { name, type, initial: () => undefined, inParts, spec };
    }
    const { type, expiration, onExpiry, initial } = isPersisted(declaration)
      ? declaration
      : { type: declaration, expiration: undefined, onExpiry: undefined, initial: () => undefined };
    return {
      name,
      type,
      initial,
      spec: {
        name,
        typename: type.typename,
        expiration,
        ...(onExpiry === undefined ? {} : { onExpiry: onExpiry.typename }),
      },
    };
  });
}

function isPartial(declaration: StateDeclaration): declaration is InParts<unknown, 'list' | 'map'> {
  return 'inParts' in declaration;
}

function isPersisted(
  declaration: ValueType<unknown> | Persisted<unknown, unknown>,
): declaration is Persisted<unknown, unknown> {
  return 'initial' in declaration;
}

function expirationOf({
  expireAfterWrite,
  expireAfterCall,
}: Omit<PersistedOptions, 'onExpiry'>): Expiration | undefined {
  if (expireAfterWrite !== undefined && expireAfterCall !== undefined)
    throw new RangeError('state expires after its last write or after the last call, not after both');
  const after = expireAfterWrite === undefined ? 'call' : 'write';
  const duration = expireAfterWrite ?? expireAfterCall;
  if (duration === undefined) return undefined;
  const ms = toMs(duration);
  if (ms === 0) throw new RangeError('state that expires after 0 ms is never there');
  return { after, ms };
}
