import type { runtimeCodes } from './diagnostic-codes/runtime.js';

/**
 * Operating errors: what can go wrong without a bug. Each carries a stable code, says what happened to what and what to
 * do about it, and whether trying again can help. Bugs are asserted instead (`invariant`).
 */
export class TidegateError extends Error {
  override readonly name = 'TidegateError';

  /**
   * @param code of a running job; see platform/docs/diagnostics.md
   * @param message what happened, to what, and what to do, as one or two sentences
   */
  constructor(
    readonly code: keyof typeof runtimeCodes,
    message: string,
    readonly options: { readonly retriable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
  }

  get retriable(): boolean {
    return this.options.retriable ?? false;
  }
}

/** Asserts what only a bug can break. @param what as a function where it is put together and the way is a busy one */
export function invariant(condition: boolean, what: string | (() => string)): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${typeof what === 'string' ? what : what()}`);
}

/** A caught value, as an Error. */
export function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** What a caught value says, without assuming that it is an Error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
