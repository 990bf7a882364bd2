/**
 * What a function's side answers instead of effects. Nothing of the batch is applied then.
 *
 * Invariants
 * - `retriable` is what the platform goes by; `status` is its form in HTTP, chosen so that Apache StateFun, which does
 *   not read the body, retries at least what is worth it.
 * - `invocation` is the place in the batch of the message that failed, so that the others can go without it.
 */
import type { Address } from '../wire/messages.js';

export type FunctionErrorCode = keyof typeof CATALOGUE;

interface CatalogueEntry {
  readonly status: number;
  readonly retriable: boolean;
  readonly title: string;
}

const CATALOGUE = {
  'malformed-request': { status: 400, retriable: false, title: 'The request is not of the request-reply protocol' },
  'not-authentic': { status: 401, retriable: false, title: 'The request is not signed as it should be' },
  'unknown-function': { status: 404, retriable: false, title: 'There is no function of this type here' },
  'method-not-allowed': { status: 405, retriable: false, title: 'The method is not served here' },
  'too-large': { status: 413, retriable: false, title: 'The request is larger than this endpoint takes' },
  'unsupported-media-type': { status: 415, retriable: false, title: 'The content type is not served here' },
  'state-type-mismatch': { status: 422, retriable: false, title: 'State is of another type than declared' },
  'invalid-state': { status: 422, retriable: false, title: 'State cannot be decoded' },
  'invalid-message': { status: 422, retriable: false, title: 'The message cannot be decoded' },
  'unhandled-message': { status: 422, retriable: false, title: 'The function has no handler for this type of message' },
  rejected: { status: 422, retriable: false, title: 'The function rejected the message' },
  'invalid-effect': { status: 500, retriable: false, title: 'The function stored or sent what is not of its type' },
  'handler-failed': { status: 500, retriable: true, title: 'The function failed' },
  'body-consumed': { status: 500, retriable: false, title: 'The body was read before the functions could' },
  'retry-later': { status: 503, retriable: true, title: 'The function asks to be called later' },
  'timed-out': { status: 504, retriable: true, title: 'The function takes too long' },
  'shutting-down': { status: 503, retriable: true, title: 'This endpoint is shutting down' },
} as const satisfies Record<string, CatalogueEntry>;

/** Where it happened, as far as it is known. */
export interface FunctionErrorPlace {
  readonly target?: Address;
  readonly invocation?: number;
}

export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  readonly status: number;
  readonly retriable: boolean;
  readonly title: string;
  /** After how many milliseconds a retry makes sense, if the function said so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: FunctionErrorCode,
    message: string,
    readonly place: FunctionErrorPlace = {},
    options: { readonly cause?: unknown; readonly retryAfterMs?: number } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    const { status, retriable, title } = CATALOGUE[code];
    this.status = status;
    this.retriable = retriable;
    this.title = title;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Thrown by a handler: this message can never be processed; retrying it is of no use. */
export class Reject extends Error {
  override readonly name = 'Reject';
}

/** Thrown by a handler: what it depends on is not available; the batch should come again after `afterMs`. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';

  constructor(
    message: string,
    readonly afterMs: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
