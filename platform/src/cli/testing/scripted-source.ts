/**
 * A source that a test drives: it gives what was put into it and ends when it is told to.
 * Values arrive as they would leave a format, so schema, time field and rules are those of production.
 */
import type { Format, PollResult, Source, SourceReader, SourceSplit } from '@tidegate/connectors/api';

export const SCRIPT_FORMAT: Format = {
  textual: false,
  seekable: false,
  mediaTypes: ['application/json'],
  createFramer: () => {
    throw new Error('a scripted source has no bytes');
  },
  decode: (payload) => structuredClone(payload),
};

export class ScriptedSource implements Source {
  readonly boundedness = 'bounded';
  readonly replayable = true;
  readonly #waiting: unknown[] = [];
  #given = 0;
  #ended = false;
  #endTold = false;
  #splits: readonly SourceSplit[] = [];

  constructor(private readonly split: string) {}

  put(value: unknown): void {
    this.#waiting.push(value);
  }

  end(): void {
    this.#ended = true;
  }

  createEnumerator() {
    const split: SourceSplit = { id: this.split };
    return { discover: () => Promise.resolve([split]), close: () => Promise.resolve() };
  }

  createReader(): SourceReader {
    return {
      addSplits: (splits) => void (this.#splits = [...this.#splits, ...splits]),
      noMoreSplits: () => undefined,
      poll: () => this.#poll(),
      onAvailable: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
      snapshot: () => [],
      notifyComplete: () => undefined,
      close: () => Promise.resolve(),
    };
  }

  #poll(): PollResult {
    if (this.#splits.length === 0) return { kind: 'end' };
    const payloads = this.#waiting.splice(0);
    if (payloads.length > 0) {
      const offsets = payloads.map(() => this.#given++);
      return { kind: 'batch', batch: { split: this.split, payloads, offsets, bytes: 0, nextOffset: this.#given } };
    }
    if (!this.#ended) return { kind: 'empty' };
    if (this.#endTold) return { kind: 'end' };
    this.#endTold = true;
    return { kind: 'split-end', split: this.split };
  }
}
