/**
 * Why a request to functions came to nothing, as a value: what to do about it is decided where messages wait (floor 9).
 *
 * | code            | what happened                                              | again?           |
 * |-----------------|------------------------------------------------------------|------------------|
 * | `unreachable`   | no connection: no such host, nobody listens, TLS refused    | yes              |
 * | `timed-out`     | a phase took longer than it may                             | yes              |
 * | `disconnected`  | the connection ended before the reply was whole             | yes              |
 * | `status`        | a status other than 2xx and 3xx                             | if not denied    |
 * | `redirected`    | 3xx: redirects are not followed                             | no               |
 * | `not-answer`    | 2xx of another type: something else answers in its place    | yes              |
 * | `not-protocol`  | the reply is not of the protocol                            | no               |
 * | `too-large`     | request or reply are longer than allowed                    | no               |
 * | `forbidden`     | the URL leads to where no function may be called            | no               |
 */
import type { CallFailure } from '../../functions/function-client.js';

export type RequestFailureCode =
  | 'unreachable'
  | 'timed-out'
  | 'disconnected'
  | 'status'
  | 'redirected'
  | 'not-answer'
  | 'not-protocol'
  | 'too-large'
  | 'forbidden';

export interface RequestFailure extends CallFailure {
  readonly code: RequestFailureCode;
}

const RETRIABLE: ReadonlySet<RequestFailureCode> = new Set(['unreachable', 'timed-out', 'disconnected', 'not-answer']);

export function requestFailure(code: RequestFailureCode, message: string): RequestFailure {
  const failure = { kind: 'failure', code, message, retriable: RETRIABLE.has(code) } as const;
  if (code === 'unreachable') return { ...failure, unreachable: true };
  return code === 'forbidden' ? { ...failure, forbidden: true } : failure;
}
