/**
 * Who asks, and whether they may.
 *
 * Invariants
 * - Nobody may anything that was not given to them: who shows no token, or one that is not known or over, is nobody.
 * - Of a token nothing is said to anybody, not even in a log.
 */
import { ApiError } from './api-error.js';
import { API_ROLES, type ApiRole } from './route.js';

export interface Caller {
  /** For logs. */
  readonly name: string;
  readonly role: ApiRole;
}

/** Knows tokens. */
export interface Callers {
  /** @returns whose it is, in a time that says nothing of how close it came; undefined where it is nobody's, or over */
  holder(token: string): Caller | undefined;
}

const TOKEN_NEEDED = 'a token is needed (authorization: Bearer TOKEN; of commands: --token FILE or TIDEGATE_TOKEN)';

/** Where no tokens are asked for: whoever reaches the API. */
export const ANYBODY: Caller = { name: 'anybody', role: 'admin' };

/** @param authorization the header of that name. @throws ApiError `unauthorized` */
export function callerOf(callers: Callers | undefined, authorization: string | undefined): Caller {
  if (callers === undefined) return ANYBODY;
  if (authorization === undefined) throw new ApiError('unauthorized', TOKEN_NEEDED);
  const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1];
  const caller = token === undefined ? undefined : callers.holder(token);
  if (caller === undefined) throw new ApiError('unauthorized', 'the token is not valid, or no longer');
  return caller;
}

/** @param needed by what is asked for. @throws ApiError `forbidden` */
export function allow({ role }: Caller, needed: ApiRole): void {
  if (API_ROLES.indexOf(role) >= API_ROLES.indexOf(needed)) return;
  throw new ApiError('forbidden', `this needs the role ${needed}, and the token has the role ${role}`);
}
