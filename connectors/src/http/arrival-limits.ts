/** How long whoever asks one of our servers over HTTP may take with it: one pair of numbers for all of them. */
import type { ServerOptions } from 'node:http';

/** Until the head of a request is there. */
const HEAD_MS = 10_000;
/** Until all of it is. */
const REQUEST_MS = 60_000;
/** How often Node looks for requests that take too long. By itself it would do so each 30 s, and times would count for little. */
const LOOK_MS = 1_000;

export interface ArrivalTimes {
  readonly headMs: number;
  readonly requestMs: number;
}

/** For Node's servers. @param times where they are others */
export function arrivalLimits(times: Partial<ArrivalTimes> = {}): ServerOptions {
  const { headMs = HEAD_MS, requestMs = REQUEST_MS } = times;
  const headersTimeout = Math.min(headMs, requestMs);
  return {
    headersTimeout,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(LOOK_MS, headersTimeout),
  };
}
