/** One event a millisecond, from one split: each holds the time at which it was due, by a clock that all processes share. */
import type { PollResult, Source, SourceReader, SourceSplit } from '@tidegate/connectors/api';
import { eventAt } from '../pipeline/events.js';

const INTERVAL_MS = 1;
const KEYS = 10_000;

/** Milliseconds of the machine's monotonic clock. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export class PacedSource implements Source {
  readonly boundedness = 'bounded';
  readonly replayable = false;

  constructor(private readonly events: number) {}

  createEnumerator() {
    return {
      discover: () => Promise.resolve<SourceSplit[]>([{ id: '0' }]),
      close: () => Promise.resolve(),
    };
  }

  createReader(): SourceReader {
    return new PacedReader(this.events);
  }
}

class PacedReader implements SourceReader {
  #start: number | undefined;
  #given = 0;
  #hasSplit = false;
  #isWhole = false;
  #wake: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly events: number) {}

  addSplits(splits: readonly SourceSplit[]): void {
    this.#hasSplit ||= splits.length > 0;
  }

  noMoreSplits(): void {
    this.#isWhole = true;
  }

  onAvailable(wake: () => void): void {
    this.#wake = wake;
  }

  poll(): PollResult {
    if (!this.#hasSplit) return { kind: this.#isWhole ? 'end' : 'empty' };
    const now = monotonicMs();
    this.#start ??= now;
    const due = Math.min(this.events, Math.floor((now - this.#start) / INTERVAL_MS) + 1);
    if (due > this.#given) return this.#batch(this.#start, due);
    if (this.#given === this.events) {
      this.#hasSplit = false;
      return { kind: 'split-end', split: '0' };
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#wake();
    }, INTERVAL_MS);
    return { kind: 'empty' };
  }

  #batch(start: number, due: number): PollResult {
    const from = this.#given;
    const offsets = Array.from({ length: due - from }, (_, i) => from + i);
    const payloads = offsets.map((offset) => ({ ...eventAt(offset, KEYS), amount: start + offset * INTERVAL_MS }));
    this.#given = due;
    return { kind: 'batch', batch: { split: '0', payloads, offsets, bytes: payloads.length * 200, nextOffset: due } };
  }

  snapshot(): readonly SourceSplit[] {
    return [];
  }

  pause(): void {}
  resume(): void {}
  notifyComplete(): void {}

  close(): Promise<void> {
    clearTimeout(this.#timer);
    return Promise.resolve();
  }
}
