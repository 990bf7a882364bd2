/**
 * Which functions a module has that is loaded into a platform's thread: what it exports, and what it would serve. A
 * module that calls `serve` runs unchanged: nothing listens, and its functions are called all the same.
 */
import type { AnyFunction } from '../function/function-set.js';

/** What `serve` was called with; undefined: this is no thread of a platform. */
let served: AnyFunction[] | undefined;

/** From now on `serve` only says which functions there are. */
export function beginCollecting(): void {
  served ??= [];
}

/** @returns whether they will be called without being served */
export function collect(functions: readonly AnyFunction[]): boolean {
  served?.push(...functions);
  return served !== undefined;
}

/** Each once, whichever names it goes by. @param exported a module's namespace */
export function collectedFunctions(exported: object): AnyFunction[] {
  const found = Object.values(exported).flatMap((value: unknown) => (Array.isArray(value) ? value : [value]));
  return [...new Set([...found.filter(isFunction), ...(served ?? [])])];
}

/** By its shape, as a module may have another copy of this package than the thread. */
function isFunction(value: unknown): value is AnyFunction {
  const { type, definition } = (value ?? {}) as Partial<AnyFunction>;
  return typeof type === 'string' && definition?.handlers instanceof Map;
}
