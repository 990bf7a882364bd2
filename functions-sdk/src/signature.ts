/**
 * Signed requests, so that a function can tell who calls it. The header is
 *
 *     tidegate-signature: t=1764150000000,v1=<hex>[,v1=<hex>...]
 *
 * where t is the time of signing in milliseconds since the epoch and each v1 is HMAC-SHA256, by one secret, of the text
 * of t, a full stop, and the body. More than one v1: the sender is changing its secret.
 *
 * Invariants
 * - A signature is good for as long as the replay window in both directions, so that clocks may differ a little.
 * - Compared in constant time; nothing of a secret or of an expected signature is ever told.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const SIGNATURE_HEADER = 'tidegate-signature';
export const DEFAULT_REPLAY_WINDOW_MS = 5 * 60_000;
/** Shorter secrets can be guessed. */
const SECRET_LENGTH_MIN = 16;
const SIGNATURES_MAX = 8;

export interface SignatureCheck {
  /** Any of them may have signed; two while a secret is being changed. */
  readonly secrets: readonly string[];
  readonly nowMs: number;
  readonly replayWindowMs?: number;
}

/** The header's value for a body. Throws a RangeError for secrets that are too short. */
export function sign(secrets: readonly string[], body: Uint8Array, nowMs: number): string {
  requireSecrets(secrets);
  return [`t=${nowMs}`, ...secrets.map((secret) => `v1=${mac(secret, String(nowMs), body).toString('hex')}`)].join(',');
}

/** Why the request cannot be trusted, or undefined if it can. */
export function verify(header: string | undefined, body: Uint8Array, check: SignatureCheck): string | undefined {
  const { secrets, nowMs, replayWindowMs = DEFAULT_REPLAY_WINDOW_MS } = check;
  if (header === undefined) return `there is no ${SIGNATURE_HEADER} header`;
  const parts = header.split(',').map((part) => part.trim());
  const times = parts.filter((part) => /^t=\d{1,15}$/.test(part));
  const signatures = parts.filter((part) => /^v1=[0-9a-f]{64}$/.test(part)).slice(0, SIGNATURES_MAX);
  if (times.length !== 1 || signatures.length === 0)
    return `the ${SIGNATURE_HEADER} header is not t=<milliseconds>,v1=<64 hex digits>`;
  const time = times[0]!.slice(2);
  if (Math.abs(nowMs - Number(time)) > replayWindowMs)
    return `the request was signed at ${time}, more than ${replayWindowMs} ms from now, ${nowMs}`;
  const expected = secrets.map((secret) => mac(secret, time, body));
  const isGood = signatures.some((signature) => {
    const given = Buffer.from(signature.slice(3), 'hex');
    return expected.some((good) => timingSafeEqual(good, given));
  });
  return isGood ? undefined : 'no signature is by a secret that is known here, for this body';
}

/** Throws a RangeError unless there is a secret and all are long enough. */
export function requireSecrets(secrets: readonly string[]): void {
  if (secrets.length === 0) throw new RangeError('there is no secret to sign with');
  for (const secret of secrets)
    if (secret.length < SECRET_LENGTH_MIN)
      throw new RangeError(
        `a secret for signatures has at least ${SECRET_LENGTH_MIN} characters, not ${secret.length}`,
      );
}

function mac(secret: string, time: string, body: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`${time}.`).update(body).digest();
}
