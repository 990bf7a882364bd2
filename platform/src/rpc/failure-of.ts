/** An error as the message that tells of it. */
import { messageOf } from '../common/errors.js';
import type { Failure } from './task-execution.js';

/** @param unlessSaid whether a restart may help, for an error that does not say it */
export function failureOf(error: unknown, unlessSaid: { readonly retriable: boolean }): Failure {
  const { code, retriable } = error instanceof Error ? (error as Said) : ({} as Said);
  return {
    code: typeof code === 'string' ? code : 'TG400',
    message: messageOf(error),
    retriable: retriable === undefined ? unlessSaid.retriable : retriable === true,
  };
}

/** Errors of this house and of connectors have both. */
interface Said {
  readonly code?: unknown;
  readonly retriable?: unknown;
}
