/**
 * What an error of a connection says about the request on it.
 *
 * | error                                        | before the reply    | within it      |
 * |----------------------------------------------|---------------------|----------------|
 * | no connection                                | as `DialError` says | -              |
 * | closed, reset, not as long as it says        | `disconnected`      | `disconnected` |
 * | bytes that are no HTTP, a head without end   | `not-answer`        | `not-answer`   |
 * | anything else, such as TLS                   | `unreachable`       | `unreachable`  |
 */
import { ForbiddenAddressError } from '@tidegate/connectors/calling';
import { messageOf } from '../../common/errors.js';
import { tlsProblem } from '../security/tls-problem.js';

import { DialError } from './dialler.js';
import type { RequestFailureCode } from './request-failure.js';

const CLOSED = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
/** The parser's errors have a name, and no code of their own. */
const NO_HTTP = 'HTTPParserError';
const CUT_OFF = /EOF/;
const NOBODY = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT', 'EACCES']);

/** Of a connection that was closed: perhaps before the request came. */
export function isStale(error: Error): boolean {
  return CLOSED.has(codeOf(error));
}

/** The connection ends with its answer, as the server wants it: nothing went wrong. */
export function isEnd(error: Error): boolean {
  return codeOf(error) === 'UND_ERR_INFO';
}

/** @param hasBegun its head has come */
export function failureReason(
  error: Error,
  hasBegun: boolean,
): { readonly code: RequestFailureCode; readonly reason: string } {
  if (error instanceof DialError) return dialFailure(error);
  const code = codeOf(error);
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
    return { code: 'disconnected', reason: 'the reply is not of the length that its head says' };
  const isNoHttp = error.name === NO_HTTP;
  if ((isNoHttp && CUT_OFF.test(error.message)) || (hasBegun && CLOSED.has(code)))
    return { code: 'disconnected', reason: 'the connection ended within the reply' };
  if (CLOSED.has(code)) return { code: 'disconnected', reason: 'the connection was closed before the reply' };
  if (isNoHttp || code === 'UND_ERR_HEADERS_OVERFLOW')
    return { code: 'not-answer', reason: `the reply is no HTTP: ${messageOf(error)}` };
  return { code: 'unreachable', reason: tlsProblem(error) };
}

function dialFailure({ reason, isTimeout }: DialError): { code: RequestFailureCode; reason: string } {
  if (isTimeout) return { code: 'timed-out', reason: reason.message };
  if (reason instanceof ForbiddenAddressError) return { code: 'forbidden', reason: reason.message };
  return { code: 'unreachable', reason: NOBODY.has(codeOf(reason)) ? messageOf(reason) : tlsProblem(reason) };
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? '';
}
