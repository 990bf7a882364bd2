/**
 * Made-up records: for demonstrations, load and tests. One split; a record's offset is its index.
 *
 * Invariant: the record at an index depends on the options alone, so reading again gives the same.
 */
import type { ConfigOf, ConnectorContext, Source, SourceReader, SourceSplit, SplitEnumerator } from '../api/index.js';
import { BatchBuilder } from '../reading/batch-builder.js';
import { QueuedReader, type FeedOutput } from '../reading/queued-reader.js';
import { createField, type FieldValue } from './field.js';
import type { options } from './options.js';

const SPLIT = 'generator';
const BATCH_RECORDS = 512;
/** What a record is taken to weigh, as none is ever written out. */
const RECORD_BYTES = 100;
const MAX_QUEUED_BYTES = 4 * BATCH_RECORDS * RECORD_BYTES;
/** How often records of a limited rate are given out. */
const TICK_MS = 20;

export type GeneratorOptions = ConfigOf<typeof options>;

export class GeneratorSource implements Source {
  readonly boundedness: 'bounded' | 'unbounded';
  readonly replayable = true;
  readonly #fields: readonly (readonly [string, FieldValue])[];

  constructor(
    readonly options: GeneratorOptions,
    readonly context: ConnectorContext,
  ) {
    this.boundedness = options.count === undefined ? 'unbounded' : 'bounded';
    this.#fields = Object.entries(options.fields).map(
      ([name, field], position) => [name, createField(name, field, options.seed, position)] as const,
    );
  }

  createEnumerator(): SplitEnumerator {
    return { discover: async () => [{ id: SPLIT }], close: async () => undefined };
  }

  createReader(): SourceReader {
    return new QueuedReader({
      feed: (split, output) => this.#feed(split, output),
      concurrency: 1,
      maxQueuedBytes: MAX_QUEUED_BYTES,
      context: this.context,
    });
  }

  async #feed(split: SourceSplit, output: FeedOutput): Promise<void> {
    const { count = Infinity, rate = Infinity } = this.options;
    const first = split.offset ?? 0;
    const begin = this.context.now();
    const batch = new BatchBuilder(split.id);
    let index = first;
    while (index < count && !output.closed) {
      const due = rate === Infinity ? Infinity : first + Math.floor(((this.context.now() - begin) * rate) / 1000) + 1;
      const until = Math.min(count, due, index + BATCH_RECORDS);
      const from = index;
      for (; index < until; index++) batch.payload(this.#record(index), index);
      output.push(batch.take((index - from) * RECORD_BYTES, index));
      if (index >= due && index < count) await output.sleep(TICK_MS);
      await output.room();
    }
  }

  #record(index: number): Record<string, unknown> {
    // fromEntries defines properties: a field may be called `__proto__`.
    return Object.fromEntries(this.#fields.map(([name, value]) => [name, value(index)]));
  }
}
