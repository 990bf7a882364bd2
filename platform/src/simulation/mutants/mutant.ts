/**
 * A planted bug: one method of a production module, or one of its ports, replaced by a broken one while the mutant is
 * planted. The simulator must find it within a stated number of seeds.
 *
 * Invariants
 * - What `plant` gives takes the bug out again: production classes are as before.
 */
export interface Mutant {
  /** For the command line: `no-alignment`. */
  readonly name: string;
  /** What is broken, as a sentence. */
  readonly description: string;
  /** The seed to begin with; default 1. */
  readonly firstSeed?: number;
  /** It is found within so many seeds. */
  readonly seedsMax: number;
  /** @returns what takes it out again */
  plant(): () => void;
}

/** Puts another method in the place of a class's own. @returns what puts the old one back */
export function replaceMethod<T, K extends keyof T>(
  type: { readonly prototype: T },
  method: K,
  replace: (original: T[K]) => T[K],
): () => void {
  const prototype = type.prototype;
  const original = prototype[method];
  prototype[method] = replace(original);
  return () => {
    prototype[method] = original;
  };
}

/** Has another value come of a class's getter. @returns what puts the old one back */
export function replaceGetter<T extends object, K extends keyof T & string>(
  type: { readonly prototype: T },
  name: K,
  get: () => T[K],
): () => void {
  const original = Object.getOwnPropertyDescriptor(type.prototype, name)!;
  Object.defineProperty(type.prototype, name, { ...original, get });
  return () => void Object.defineProperty(type.prototype, name, original);
}
