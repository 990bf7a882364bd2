/** Why a request was not done, as its answer says it: `{ "error": { "code", "message", "diagnostics"? } }`. */
import type { Diagnostic } from '../common/diagnostic.js';

export type ApiErrorCode = keyof typeof STATUS;

const STATUS = {
  elsewhere: 307,
  'bad-request': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  misdirected: 421,
  invalid: 422,
  internal: 500,
  unavailable: 503,
} as const;

export class ApiError extends Error {
  override readonly name: string = 'ApiError';

  constructor(
    readonly code: ApiErrorCode,
    message: string,
    /** Of `invalid`: everything that is wrong with the application. */
    readonly diagnostics?: readonly Diagnostic[],
  ) {
    super(message);
  }

  get status(): number {
    return STATUS[this.code];
  }

  body(): unknown {
    const { code, message, diagnostics } = this;
    return { error: { code, message, ...(diagnostics === undefined ? {} : { diagnostics }) } };
  }
}

export function statusOf(code: ApiErrorCode): number {
  return STATUS[code];
}

/** Not this process leads the cluster. */
export class NotLeading extends ApiError {
  /** @param leader the address of the leader's API; undefined: there is none, or nobody knows */
  constructor(readonly leader: string | undefined) {
    super(
      leader === undefined ? 'unavailable' : 'elsewhere',
      leader === undefined ? 'no coordinator leads; try again' : `the coordinator at ${leader} leads`,
    );
  }
}
