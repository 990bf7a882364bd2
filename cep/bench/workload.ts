/** What is common to the workloads: their windows, and how one of them is run. */
import type { Tally } from './tally.js';

export const WORKLOADS = ['W1', 'W2', 'W3', 'W4', 'W6'] as const;
export type Workload = (typeof WORKLOADS)[number];

export const CARD_WINDOW = 600_000;
export const LOGIN_WINDOW = 300_000;
export const ORDER_WINDOW = 900_000;

/** One pass over events by one engine. */
export interface Pass {
  readonly tally: Tally;
  /** Takes all events; what is due at the end of time is not yet given. */
  feed(): void;
  /** Lets time run on. */
  finish(): void;
  /** What the engine holds on to between events. */
  readonly state: unknown;
}

/** Events of a workload, and a new pass over the first `count` of them. */
export interface Prepared {
  pass(count: number): Pass;
}
