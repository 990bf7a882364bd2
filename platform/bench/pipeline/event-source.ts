/** The benchmark's source: as many splits as there are subtasks, split s has the events s, s + p, s + 2p, ... */
import type { Format, PollResult, Source, SourceReader, SourceSplit } from '@tidegate/connectors/api';
import { eventAt, type PipelineEvent } from './events.js';

const BATCH_EVENTS = 512;

/** Values as they are: nothing is decoded. */
export const PLAIN_FORMAT: Format = {
  textual: false,
  seekable: false,
  mediaTypes: ['application/octet-stream'],
  createFramer: () => {
    throw new Error('the events have no bytes');
  },
  decode: (payload) => payload,
};

export interface EventSourceOptions {
  readonly events: number;
  readonly keys: number;
  readonly splits: number;
  /** Told how many events were given out. */
  onGiven(count: number): void;
}

export class EventSource implements Source {
  readonly boundedness = 'bounded';
  readonly replayable = true;

  constructor(private readonly options: EventSourceOptions) {}

  createEnumerator() {
    const splits = Array.from({ length: this.options.splits }, (_, i): SourceSplit => ({ id: String(i) }));
    return { discover: () => Promise.resolve(splits), close: () => Promise.resolve() };
  }

  createReader(): SourceReader {
    return new EventReader(this.options);
  }
}

class EventReader implements SourceReader {
  readonly #positions = new Map<string, number>();

  constructor(private readonly options: EventSourceOptions) {}

  addSplits(splits: readonly SourceSplit[]): void {
    for (const { id, offset } of splits) this.#positions.set(id, offset ?? 0);
  }

  poll(): PollResult {
    for (const [split, position] of this.#positions) {
      this.#positions.delete(split);
      const batch = this.#batch(split, position);
      if (batch.payloads.length === 0) return { kind: 'split-end', split };
      // Behind the others: they take turns.
      this.#positions.set(split, batch.nextOffset);
      this.options.onGiven(batch.payloads.length);
      return { kind: 'batch', batch };
    }
    return { kind: 'end' };
  }

  #batch(split: string, position: number) {
    const { events, keys, splits } = this.options;
    const payloads: PipelineEvent[] = [];
    const offsets: number[] = [];
    let offset = position;
    for (let i = offset * splits + Number(split); i < events && payloads.length < BATCH_EVENTS; i += splits) {
      payloads.push(eventAt(i, keys));
      offsets.push(offset++);
    }
    return { split, payloads, offsets, bytes: payloads.length * 200, nextOffset: offset };
  }

  snapshot(): readonly SourceSplit[] {
    return [...this.#positions].map(([id, offset]) => ({ id, offset }));
  }

  noMoreSplits(): void {}
  onAvailable(): void {}
  pause(): void {}
  resume(): void {}
  notifyComplete(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}
