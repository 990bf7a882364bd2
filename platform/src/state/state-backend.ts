/** How a task gets its keyed store: what every backend needs to know to open one. */
import type { Clock } from '../common/clock.js';
import type { KeyGroupRange } from '../job/state-handle.js';

export interface KeyedStoreOptions {
  readonly keyGroups: KeyGroupRange;
  readonly maxParallelism: number;
  /** For times to live. */
  readonly clock: Pick<Clock, 'now'>;
  /** When a file of a snapshot in the canonical format is closed. Default 64 MiB. */
  readonly fileBytes?: number;
  /** Lets timers and I/O of the thread run: asynchronous parts call it between pieces of bounded work. */
  readonly yieldToEventLoop: () => Promise<void>;
}
