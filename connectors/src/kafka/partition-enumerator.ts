/**
 * Finds the partitions of an ingress's topics.
 *
 * Invariants
 * - A partition's start is decided once, when it is found, and lies in the checkpoint from then on: so the records between
 *   its being found and its first record are not lost by a crash.
 * - A partition that appears while the source is read is read from its first record, whatever `start` says.
 * - Each answer has all that was found, in the order in which it was found: a host that has not heard one hears it with the next.
 */
import { ConnectorError, type ConnectorContext, type SourceSplit, type SplitEnumerator } from '../api/index.js';
import type { KafkaClient } from './client.js';
import { partitionRanges, type PartitionRange } from './partition-offsets.js';
import type { KafkaSourceOptions } from './source-options.js';
import { startOffsets, type Start } from './start-offsets.js';
import { splitId } from './topic-partition.js';
import { TopicSelection } from './topic-selection.js';

/** What a split of a bounded ingress must know to end. */
export interface PartitionEnd {
  /** The first offset that is not read. */
  readonly end: number;
}

export class PartitionEnumerator implements SplitEnumerator {
  readonly discoveryInterval: number | undefined;
  readonly #known: Set<string>;
  readonly #found: SourceSplit[] = [];
  readonly #topics: TopicSelection;
  #isFirst: boolean;

  constructor(
    private readonly client: KafkaClient,
    private readonly options: KafkaSourceOptions,
    private readonly start: Start,
    known: readonly SourceSplit[],
    private readonly context: ConnectorContext,
  ) {
    // Of a bounded run all is found at its beginning.
    this.discoveryInterval = options.end === 'never' ? options.discovery : undefined;
    this.#known = new Set(known.map(({ id }) => id));
    this.#topics = new TopicSelection(options.topics, client.subject);
    this.#isFirst = known.length === 0;
  }

  async discover(): Promise<readonly SourceSplit[]> {
    if (this.options.end === 'latest' && !this.#isFirst) return [...this.#found];
    const splits = await this.client.admin(async (admin) => {
      const topics = await this.#topics.names(admin);
      if (topics.length === 0) this.#tellNone();
      const ranges = await partitionRanges(admin, this.client.subject, topics);
      const news = ranges.filter((range) => !this.#known.has(splitId(range)));
      const starts = this.#isFirst ? await startOffsets(admin, this.start, news) : news.map(({ low }) => low);
      return news.map((range, i) => this.#split(range, starts[i]!));
    });
    for (const { id } of splits) this.#known.add(id);
    this.#found.push(...splits);
    this.#isFirst = false;
    return [...this.#found];
  }

  #tellNone(): void {
    const found = `no topic follows the pattern ${this.#topics.pattern}`;
    if (this.options.end === 'latest') throw new ConnectorError('not-found', `${this.client.subject}: ${found}`);
    if (this.#isFirst) this.context.log?.(`${this.client.subject}: ${found} yet`);
  }

  #split(range: PartitionRange, offset: number): SourceSplit {
    const end: PartitionEnd = { end: range.high };
    return { id: splitId(range), offset, ...(this.options.end === 'latest' ? { state: end } : {}) };
  }

  async close(): Promise<void> {}
}
