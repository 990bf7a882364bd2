/**
 * What becomes of an address whose call failed.
 *
 * | what failed                                         | what is done                                                  |
 * |-----------------------------------------------------|---------------------------------------------------------------|
 * | the endpoint is not there, throttles or is not ready | the endpoint rests; it counts against no message              |
 * | a known message of several                           | those before it go without it, then it goes alone             |
 * | some message of several, for good or again           | half of them go                                               |
 * | one message, for good, or too often                  | given up, as `onFailure` says                                 |
 * | anything else                                        | again, later                                                  |
 */
import type { FailureDescriptor } from '../job/function-node.js';
import type { CallFailure } from './function-client.js';

export type FailureDecision =
  | { readonly kind: 'rest'; readonly delayMs: number; readonly isThrottled: boolean }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly batchMax: number; readonly isolates: boolean }
  | { readonly kind: 'give-up'; readonly then: FailureDescriptor['then'] };

export interface FailedCall {
  readonly failure: CallFailure;
  /** Messages in the call of the address. */
  readonly count: number;
  /** In a row, this one included. */
  readonly failures: number;
  /** Of these, those of the oldest message alone: it is not to blame for what others of its batch failed with. */
  readonly failuresAlone: number;
}

const DELAY_MS_MIN = 100;
const DELAY_MS_MAX = 10_000;
const JITTER = 0.2;

/** @param dice uniform in [0, 1) */
export function decide(
  { failure, count, failures, failuresAlone }: FailedCall,
  { retries, then }: FailureDescriptor,
  dice: number,
): FailureDecision {
  const delayMs = Math.max(failure.retryAfterMs ?? 0, backoffMs(failures, dice));
  if (isUnavailable(failure)) return { kind: 'rest', delayMs, isThrottled: failure.status === 429 };
  const { retriable, invocation } = failure;
  if (count > 1) {
    if (invocation !== undefined && invocation < count)
      return { kind: 'retry', delayMs: 0, batchMax: Math.max(1, invocation), isolates: invocation > 0 };
    const batchMax = retriable && failures === 1 ? count : Math.ceil(count / 2);
    return { kind: 'retry', delayMs: retriable ? delayMs : 0, batchMax, isolates: false };
  }
  if (!retriable || failuresAlone > retries) return { kind: 'give-up', then };
  return { kind: 'retry', delayMs, batchMax: 1, isolates: false };
}

/** Of the endpoint as a whole: no message is to blame. */
function isUnavailable({ unreachable, status, invocation }: CallFailure): boolean {
  return unreachable === true || (invocation === undefined && (status === 429 || status === 503));
}

/** Twice as long each time, with jitter so that what failed together does not come again together. */
export function backoffMs(failures: number, dice: number): number {
  const delay = Math.min(DELAY_MS_MAX, DELAY_MS_MIN * 2 ** Math.min(failures - 1, 30));
  return Math.round(delay * (1 + JITTER * (2 * dice - 1)));
}
