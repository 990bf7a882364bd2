/**
 * An address that has something to do, in memory alone: what it does is made again from its backlog after a restore, and what it
 * has failed with from its troubles.
 *
 *     ready ──▶ calling ──▶ idle (nothing waits) | ready (more waits, or the state that it needs is known now)
 *       ▲          │
 *       ├─ retrying ◀┤ (failed)
 *       └─── parked ◀┘ (given up, and kept until somebody releases it)
 */
import { Lifecycle, type TransitionObserver, type TransitionTable } from '../common/transition-table.js';

export type AddressState = 'ready' | 'calling' | 'retrying' | 'parked' | 'idle';

export const ADDRESS_TRANSITIONS: TransitionTable<AddressState> = {
  ready: ['calling'],
  calling: ['ready', 'retrying', 'parked', 'idle'],
  retrying: ['ready'],
  parked: ['ready'],
  idle: [],
};

/** What it has failed with when a checkpoint was taken. */
export interface Trouble {
  readonly failures: number;
  readonly failuresAlone: number;
  readonly isParked: boolean;
}

export class ActiveAddress<T> {
  readonly life: Lifecycle<AddressState>;
  /** Calls that failed in a row. */
  failures: number;
  /** Of these, those with its oldest message alone. */
  failuresAlone: number;
  /** Messages in its next call, at most; less than the type's while one that fails is looked for. */
  batchMax: number;
  /** Parts of its state that its next call brings, by name, as an answer asked for them. */
  readonly wanted = new Set<string>();
  /** The message behind so many others is the one that failed: it is called for alone after them. */
  isolates = false;

  constructor(
    readonly type: T,
    readonly id: string,
    batchMax: number,
    observer: TransitionObserver | undefined,
    trouble?: Trouble,
  ) {
    this.batchMax = batchMax;
    this.failures = trouble?.failures ?? 0;
    this.failuresAlone = trouble?.failuresAlone ?? 0;
    const state = trouble?.isParked === true ? 'parked' : 'ready';
    this.life = new Lifecycle('address', ADDRESS_TRANSITIONS, state, observer);
  }

  /** @returns whether any of these is new */
  want(parts: readonly string[]): boolean {
    const before = this.wanted.size;
    for (const part of parts) this.wanted.add(part);
    return this.wanted.size > before;
  }

  /** What comes next has failed in nothing yet. */
  forgive(): void {
    this.failures = 0;
    this.failuresAlone = 0;
  }

  /** Its call was applied: the next one may have more. @param most messages in one call */
  succeeded(most: number): void {
    this.forgive();
    this.wanted.clear();
    this.batchMax = this.isolates ? 1 : Math.min(most, this.batchMax * 2);
    this.isolates = false;
  }
}
