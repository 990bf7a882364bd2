/**
 * Keeps a line's marker from being forgotten while nothing is written: brokers drop the offsets of a group without members, and
 * transactional ids, some time after their last use (a week by default).
 *
 * Invariants
 * - A marker is never older than two intervals, as long as Kafka can be reached.
 * - Nothing else is done with the line meanwhile: whoever commits waits for `settled`.
 */
import type { ConnectorContext } from '../api/index.js';

export interface MarkerKeeperOptions {
  readonly intervalMs: number;
  readonly context: Pick<ConnectorContext, 'schedule' | 'log'>;
  /** Writes the marker again. */
  refresh(): Promise<void>;
  /** Told what made it impossible; it is tried again. */
  failed(error: unknown): void;
}

export class MarkerKeeper {
  #isFresh = true;
  #refreshing: Promise<void> | undefined;
  #cancel: (() => void) | undefined;

  constructor(private readonly options: MarkerKeeperOptions) {
    this.#wait();
  }

  /** A marker is about to be written: resolves when the line is free. */
  async settled(): Promise<void> {
    this.#isFresh = true;
    await this.#refreshing;
  }

  async close(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#refreshing;
  }

  #wait(): void {
    this.#cancel = this.options.context.schedule(this.options.intervalMs, () => this.#look());
  }

  #look(): void {
    if (!this.#isFresh)
      this.#refreshing ??= this.options
        .refresh()
        .catch((error: unknown) => this.options.failed(error))
        .finally(() => (this.#refreshing = undefined));
    this.#isFresh = false;
    this.#wait();
  }
}
