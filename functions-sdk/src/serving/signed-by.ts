/** Lets in requests that are signed with one of the secrets (see `signature.ts`). */
import { requireSecrets, SIGNATURE_HEADER, verify } from '../signature.js';
import { toMs, type Duration } from '../types/duration.js';
import type { Authenticator } from './http-endpoint.js';

export interface SignedByOptions {
  readonly secrets: readonly string[];
  /** How far the time of signing may be from now. Default: 5 minutes. */
  readonly replayWindow?: Duration;
}

/** Throws a RangeError for secrets that are too short. */
export function signedBy({ secrets, replayWindow = '5m' }: SignedByOptions): Authenticator {
  requireSecrets(secrets);
  const replayWindowMs = toMs(replayWindow);
  return ({ header, body }) => verify(header(SIGNATURE_HEADER), body, { secrets, nowMs: Date.now(), replayWindowMs });
}
