/** A bounded source of the simulated world: events become available in virtual time, and a restored reader goes on at its offsets. */
import type { Format, PollResult, Source, SourceReader, SourceSplit, SplitEnumerator } from '@tidegate/connectors/api';
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import type { InputSplit } from './input-events.js';

const BATCH_MAX = 32;

/** When an event may be read, beyond its own time: the world holds the last ones back until it has seen enough. */
export interface Sluice {
  /** Virtual ms from which the event can be read; undefined while that is not known. */
  opensAt(split: InputSplit, offset: number): number | undefined;
}

const POLL_AGAIN_MS = 15;

export class SimulatedSource implements Source {
  readonly boundedness = 'bounded';
  readonly replayable = true;

  constructor(
    private readonly splits: readonly InputSplit[],
    private readonly sluice: Sluice,
    private readonly process: SimulatedProcess,
    private readonly random: SeededRandom,
  ) {}

  createEnumerator(): SplitEnumerator {
    return {
      discover: () => Promise.resolve(this.splits.map(({ id }) => ({ id }))),
      close: () => Promise.resolve(),
    };
  }

  createReader(): SourceReader {
    return new SimulatedReader(this.splits, this.sluice, this.process, this.random);
  }
}

interface OpenSplit {
  readonly input: InputSplit;
  offset: number;
}

class SimulatedReader implements SourceReader {
  readonly #open: OpenSplit[] = [];
  #noMore = false;
  #closed = false;
  #available: () => void = () => undefined;
  /** When it will next say that there may be something. */
  #tellsAt = Number.POSITIVE_INFINITY;

  constructor(
    private readonly splits: readonly InputSplit[],
    private readonly sluice: Sluice,
    private readonly process: SimulatedProcess,
    private readonly random: SeededRandom,
  ) {}

  addSplits(splits: readonly SourceSplit[]): void {
    for (const { id, offset } of splits) {
      const input = this.splits.find((split) => split.id === id);
      if (input === undefined) throw new Error(`there is no ${id}`);
      this.#open.push({ input, offset: offset ?? 0 });
    }
  }

  noMoreSplits(): void {
    this.#noMore = true;
  }

  poll(): PollResult {
    if (this.#open.length === 0) return this.#noMore ? { kind: 'end' } : this.#empty(POLL_AGAIN_MS);
    // Splits take turns.
    const split = this.#open.shift()!;
    const ended = split.offset === split.input.events.length;
    if (ended) return { kind: 'split-end', split: split.input.id };
    this.#open.push(split);
    const count = this.#readable(split);
    if (count > 0) return this.#batch(split, count);
    const other = this.#open.find((candidate) => this.#isReady(candidate));
    if (other === undefined) return this.#empty(this.#wait());
    this.#open.splice(this.#open.indexOf(other), 1);
    this.#open.unshift(other);
    return this.poll();
  }

  onAvailable(callback: () => void): void {
    this.#available = callback;
  }

  pause(): void {
    // Nobody pauses a split here.
  }

  resume(): void {
    // Nobody pauses a split here.
  }

  snapshot(): readonly SourceSplit[] {
    return this.#open.map(({ input, offset }) => ({ id: input.id, offset }));
  }

  notifyComplete(): void {
    // The events stay.
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #opensAt({ input, offset }: OpenSplit): number | undefined {
    return this.sluice.opensAt(input, offset);
  }

  #isReady(split: OpenSplit): boolean {
    if (split.offset === split.input.events.length) return true;
    return (this.#opensAt(split) ?? Number.POSITIVE_INFINITY) <= this.process.monotonic();
  }

  #readable(split: OpenSplit): number {
    const most = this.random.integer(1, BATCH_MAX);
    let count = 0;
    while (count < most && split.offset + count < split.input.events.length) {
      const opensAt = this.sluice.opensAt(split.input, split.offset + count);
      if (opensAt === undefined || opensAt > this.process.monotonic()) break;
      count++;
    }
    return count;
  }

  #batch(split: OpenSplit, count: number): PollResult {
    const { input, offset } = split;
    split.offset += count;
    return {
      kind: 'batch',
      batch: {
        split: input.id,
        payloads: input.events.slice(offset, offset + count),
        offsets: Array.from({ length: count }, (_, i) => offset + i),
        bytes: count * 16,
        nextOffset: offset + count,
      },
    };
  }

  #wait(): number {
    const soonest = Math.min(...this.#open.map((split) => this.#opensAt(split) ?? Number.POSITIVE_INFINITY));
    return Number.isFinite(soonest) ? Math.max(0.1, soonest - this.process.monotonic()) : POLL_AGAIN_MS;
  }

  #empty(ms: number): PollResult {
    const time = this.process.monotonic() + ms;
    if (time < this.#tellsAt) {
      this.#tellsAt = time;
      this.process.schedule(ms, () => {
        if (this.#tellsAt === time) this.#tellsAt = Number.POSITIVE_INFINITY;
        if (!this.#closed) this.#available();
      });
    }
    return { kind: 'empty' };
  }
}

/** Payloads are plain objects already. */
export const PLAIN_FORMAT: Format = {
  seekable: true,
  mediaTypes: ['application/json'],
  textual: false,
  createFramer: () => {
    throw new Error('simulated payloads need no framing');
  },
  decode: (payload) => payload,
};
