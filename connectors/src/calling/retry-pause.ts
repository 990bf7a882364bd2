/** How long to wait before a request is sent again. */
export interface RetryPauses {
  /** The first pause, milliseconds; it doubles each time. */
  readonly backoff: number;
  readonly maxBackoff: number;
}

/**
 * Between half and all of a doubling time, so that many senders do not come back at once. Milliseconds.
 * @param retries how many there were before, from 0 @param chance in [0, 1)
 */
export function retryPause({ backoff, maxBackoff }: RetryPauses, retries: number, chance: number): number {
  const full = Math.min(maxBackoff, backoff * 2 ** retries);
  return Math.round(full * (0.5 + chance / 2));
}
