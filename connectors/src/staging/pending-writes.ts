/** Writes under way that a flush waits for. Invariant: after one has failed, every flush tells so. */
import { connectorError, type ConnectorError } from '../api/index.js';

export class PendingWrites {
  readonly #running = new Set<Promise<void>>();
  #error: ConnectorError | undefined;

  /** `subject`: what messages call it. */
  add(write: Promise<void>, subject: string): void {
    const settled: Promise<void> = write
      .catch((error: unknown) => {
        this.#error ??= connectorError(subject, error);
      })
      .finally(() => this.#running.delete(settled));
    this.#running.add(settled);
  }

  /** Resolves when those added before this call are done; rejects with the first failure. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#error !== undefined) throw this.#error;
  }
}
