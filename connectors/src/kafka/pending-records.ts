/**
 * Tells how many records a reader has still before it: from where its partitions stand to their ends, which are asked for now
 * and then, as what is fetched says nothing of it while nothing is.
 *
 * Invariants
 * - Nothing depends on it: where the ends cannot be asked for, what was told last stands.
 * - What was passed over (control records, what was aborted or compacted) counts until it is passed.
 */
import type { ConnectorContext, SourceSplit } from '../api/index.js';
import type { KafkaClient } from './client.js';
import { partitionRanges } from './partition-offsets.js';
import { parseSplitId, splitId } from './topic-partition.js';

const LOOK_MS = 5000;

export interface PendingRecordsOptions {
  readonly client: KafkaClient;
  readonly context: Pick<ConnectorContext, 'schedule' | 'metrics'>;
  /** Of the reader, as a checkpoint would have them. */
  positions(): readonly SourceSplit[];
  /** Where reading goes on when nothing of the partition waits to be polled. */
  passed(split: SourceSplit): number | undefined;
}

export class PendingRecords {
  #cancel: () => void = () => undefined;
  #isClosed = false;

  constructor(private readonly options: PendingRecordsOptions) {
    if (options.context.metrics !== undefined) this.#later();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
    this.options.context.metrics?.level('pending', 0);
  }

  #later(): void {
    this.#cancel = this.options.context.schedule(LOOK_MS, () => {
      void this.#look()
        .catch(() => undefined)
        .finally(() => {
          if (!this.#isClosed) this.#later();
        });
    });
  }

  async #look(): Promise<void> {
    const { client, context, positions, passed } = this.options;
    const topics = new Set(positions().map(({ id }) => parseSplitId(id).topic));
    if (topics.size === 0) return context.metrics!.level('pending', 0);
    const ranges = await client.admin((admin) => partitionRanges(admin, client.subject, topics));
    const ends = new Map(ranges.map((range) => [splitId(range), range.high]));
    let pending = 0;
    // They have gone on since the ends were asked for.
    for (const split of positions()) pending += Math.max(0, (ends.get(split.id) ?? 0) - (passed(split) ?? 0));
    if (!this.#isClosed) context.metrics!.level('pending', pending);
  }
}
