/**
 * What plain data of another process must look like before anything believes its type: checks, put together from smaller
 * ones.
 *
 * Invariants
 * - A shape looks at own properties alone, and at all that its type has. Properties that the type does not have are passed over.
 * - It never throws, whatever it is given.
 */
export type Shape<T> = (value: unknown) => value is T;

/** A shape for each property. */
export type Fields<T> = { readonly [K in keyof T]-?: Shape<T[K]> };

export const truth: Shape<boolean> = (value) => typeof value === 'boolean';
export const bytes: Shape<Uint8Array> = (value) => value instanceof Uint8Array;
export const finite: Shape<number> = (value): value is number => Number.isFinite(value);
export const whole: Shape<number> = (value): value is number => Number.isSafeInteger(value);
/** From 0. */
export const count: Shape<number> = (value): value is number => whole(value) && value >= 0;

export function upTo(max: number): Shape<number> {
  return (value): value is number => count(value) && value <= max;
}

/** @param lengthMax in UTF-16 code units */
export function text(lengthMax: number): Shape<string> {
  return (value): value is string => typeof value === 'string' && value.length <= lengthMax;
}

export function matching(pattern: RegExp, lengthMax: number): Shape<string> {
  const isText = text(lengthMax);
  return (value): value is string => isText(value) && pattern.test(value);
}

export function oneOf<const T extends string>(values: readonly T[]): Shape<T> {
  return (value): value is T => values.some((each) => each === value);
}

export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value): value is T | undefined => value === undefined || shape(value);
}

export function list<T>(shape: Shape<T>, lengthMax = Number.POSITIVE_INFINITY): Shape<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.length <= lengthMax && value.every(shape);
}

export function tuple<T extends readonly unknown[]>(...shapes: { readonly [I in keyof T]: Shape<T[I]> }): Shape<T> {
  return (value): value is T =>
    Array.isArray(value) && value.length === shapes.length && shapes.every((shape, i) => shape(value[i]));
}

export function fields<T>(shapes: Fields<T>): Shape<T> {
  const all = Object.entries<Shape<unknown>>(shapes);
  return (value): value is T => isObject(value) && all.every(([name, shape]) => shape(own(value, name)));
}

/** One of several, told apart by `kind`. */
export function kinds<M extends { readonly kind: string }>(shapes: {
  readonly [K in M['kind']]: Fields<Omit<Extract<M, { readonly kind: K }>, 'kind'>>;
}): Shape<M> {
  const all = new Map(Object.entries<Fields<unknown>>(shapes).map(([kind, each]) => [kind, fields(each)]));
  return (value): value is M => {
    const kind = isObject(value) ? own(value, 'kind') : undefined;
    return typeof kind === 'string' && all.get(kind)?.(value) === true;
  };
}

export function either<A, B>(a: Shape<A>, b: Shape<B>): Shape<A | B> {
  return (value): value is A | B => a(value) || b(value);
}

/** Whatever it is, as long as whoever goes through it by recursion comes back. */
export function shallow(depthMax: number): Shape<unknown> {
  const isShallow = (value: unknown, depth: number): boolean =>
    typeof value !== 'object' ||
    value === null ||
    value instanceof Uint8Array ||
    (depth < depthMax && Object.values(value).every((member) => isShallow(member, depth + 1)));
  return (value): value is unknown => isShallow(value, 0);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
