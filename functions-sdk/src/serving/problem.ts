/** A failure as a body: a problem document (RFC 9457), which says what happened, where, and whether a retry helps. */
import { stackOf } from '../function/error-text.js';
import type { FunctionError } from '../function/function-error.js';

export const PROBLEM_TYPE = 'application/problem+json';

/** The members of the document. `function`, `id` and `invocation` are there as far as they are known. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly retriable: boolean;
  readonly function?: string;
  readonly id?: string;
  /** The place of the message in its batch, from 0. */
  readonly invocation?: number;
  /** Not before so many milliseconds: exactly what the function said, where Retry-After has seconds and a shared request none. */
  readonly retryAfterMs?: number;
  /** With those of what it was caused by. Only if the endpoint was told to show stacks. */
  readonly stack?: string;
}

export function toProblem(error: FunctionError, withStack: boolean): Problem {
  const { code, title, status, message, retriable, place } = error;
  const stack = withStack ? (stackOf(error.cause) ?? stackOf(error)) : undefined;
  return {
    type: `urn:tidegate:functions:${code}`,
    title,
    status,
    detail: message,
    code,
    retriable,
    ...(place.target === undefined ? {} : { function: place.target.type, id: place.target.id }),
    ...(place.invocation === undefined ? {} : { invocation: place.invocation }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(stack === undefined ? {} : { stack }),
  };
}
