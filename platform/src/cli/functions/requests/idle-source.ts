/** The source of a job whose functions answer requests: it has no records and no end. */
import type { Source, SourceReader, SourceSplit } from '@tidegate/connectors/api';

const SPLIT: SourceSplit = { id: 'requests' };

export const idleSource: Source = {
  boundedness: 'unbounded',
  replayable: true,
  createEnumerator: () => ({ discover: async () => [SPLIT], close: async () => undefined }),
  createReader: () => new IdleReader(),
};

class IdleReader implements SourceReader {
  readonly #splits: SourceSplit[] = [];
  #isTold = false;

  addSplits(splits: readonly SourceSplit[]): void {
    this.#splits.push(...splits);
  }

  noMoreSplits(): void {
    this.#isTold = true;
  }

  /** The end of a subtask that has no split. */
  poll(): { readonly kind: 'empty' | 'end' } {
    return { kind: this.#isTold && this.#splits.length === 0 ? 'end' : 'empty' };
  }

  onAvailable(): void {
    // Nothing ever comes.
  }

  pause(): void {
    // Nothing is read.
  }

  resume(): void {
    // Nothing is read.
  }

  snapshot(): readonly SourceSplit[] {
    return this.#splits;
  }

  notifyComplete(): void {
    // Nothing is kept.
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}
