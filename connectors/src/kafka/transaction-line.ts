/**
 * One line of epochs into topics, one or several of them sent in one transaction together with the number of the last: the marker, a
 * committed offset of a group that has no members. So whether an epoch was sent is decided by Kafka alone, and a transaction is never
 * resumed: none can be lost to a timeout, and none stays open while a job is down.
 *
 * Invariants
 * - The predecessor's transaction is aborted, and it is fenced, before the marker is read. What may be left open in partitions is ended
 *   before anything else is sent (`left-open.ts`).
 * - A marker is read only then: straight behind a commit Kafka may still give the one before.
 * - After a failure the producer is thrown away, and the line is begun anew: what became of the transaction is decided by
 *   the marker. kafkajs is not let try a batch again: where one of several requests fails (one a broker, and one for each connection
 *   that it had before), it sends those again that are still under way, with new sequence numbers, so that a batch is there twice.
 * - The marker is the first in a transaction: Kafka may ask to come again with whatever is first straight behind another one.
 */
import { ConnectorError, type ConnectorContext } from '../api/index.js';
import { typeOf } from './kafka-error.js';
import { endLeftOpen } from './left-open.js';
import type { AddressedMessage } from './outgoing-message.js';
import type { OutgoingTopics } from './outgoing-topics.js';
import { offsetOf } from './partition-offsets.js';
import { sendOffsets } from './send-offsets.js';
import type { SinkClient, SinkProducer, SinkTransaction } from './sink-client.js';
import { compressionOf, type KafkaSinkOptions } from './sink-options.js';

/** The partition that markers are committed for: every topic has it. */
const MARKER_PARTITION = 0;
/** What Kafka gives where a group has committed no offset. */
export const NO_MARKER = -1;
/**
 * Of batches; all else is tried again as the client does it. With `idempotent` kafkajs asks for retries. In transactions its batches
 * have sequence numbers without that too: it is about what is sent outside of them.
 */
const EACH_BATCH_ONCE = { idempotent: false, retry: { retries: 0 } };

export interface TransactionLineOptions {
  /** The transactional id, and the name of the marker's group. */
  readonly id: string;
  readonly client: SinkClient;
  readonly options: KafkaSinkOptions;
  /** All that its epochs go to. Markers are committed for the first, and found with any: the list may have been reordered. */
  readonly topics: readonly string[];
  readonly context: ConnectorContext;
}

/** What is known of a line that somebody else may have had. */
export interface LineHistory {
  /** The last epoch that may have been sent; Infinity where nobody knows. */
  readonly attempted: number;
  /** The last marker that Kafka has acknowledged; NO_MARKER for none. */
  readonly acknowledged: number;
}

const UNUSED: LineHistory = { attempted: 0, acknowledged: NO_MARKER };
/** Nothing of it may come to light. */
export const UNKNOWN_HISTORY: LineHistory = { attempted: Infinity, acknowledged: NO_MARKER };

export interface EpochMessages {
  readonly epoch: number;
  /** A few at once. Read once. */
  readonly messages: AsyncIterable<readonly AddressedMessage[]>;
}

export class TransactionLine {
  readonly id: string;
  #producer: SinkProducer | undefined;
  /** Undefined where Kafka has none. */
  #marker: number | undefined;
  /** The last epoch of which records may have been sent, and the last marker that was acknowledged. */
  #attempted = 0;
  #acknowledged = NO_MARKER;
  /** The last marker that was acknowledged here. */
  #own = NO_MARKER;

  constructor(private readonly parts: TransactionLineOptions) {
    this.id = parts.id;
  }

  /**
   * Fences whoever had the line before, reads the marker, and ends what is open: commits it where it was acknowledged, or the marker knows
   * all that was attempted, and else aborts it.
   * @returns the last epoch that was committed; 0 for none, undefined where Kafka has no marker
   */
  async open({ attempted, acknowledged }: LineHistory = UNUSED): Promise<number | undefined> {
    await this.close();
    this.#attempted = Math.max(attempted, this.#attempted);
    this.#acknowledged = Math.max(acknowledged, this.#acknowledged);
    const isForgotten = (): boolean => (this.#marker ?? NO_MARKER) < this.#acknowledged;
    const { client, options, topics } = this.parts;
    const { transactionTimeout } = options;
    const producer = client.producer({
      transactionalId: this.id,
      transactionTimeout,
      ...EACH_BATCH_ONCE,
    });
    this.#producer = producer;
    try {
      await endLeftOpen(client, {
        ...{ id: this.id, timeoutMs: transactionTimeout, topics },
        isCommitted: async () => {
          this.#marker = await this.readMarker();
          return isForgotten() || this.marker >= this.#attempted;
        },
      });
      await producer.connect();
      // Until this has an answer what was ended is not told to all partitions.
      await (await producer.transaction()).abort();
      // What was acknowledged had been forgotten by its partitions, that of the markers among them.
      if (isForgotten()) this.#marker = await this.readMarker();
      return this.#marker;
    } catch (error) {
      await this.close();
      throw this.#explained(error);
    }
  }

  /** The last epoch that is known to be committed; 0 where none is. */
  get marker(): number {
    return this.#marker ?? 0;
  }

  /**
   * Writes the marker again, or for the first time: brokers forget those that are old, and with them the transactional id.
   * Rejects as `send` does.
   */
  async mark(): Promise<void> {
    if (this.#producer === undefined) await this.#openAgain();
    const { marker } = this;
    await this.#within((transaction) => this.#mark(transaction, marker));
    this.#isMarked(marker);
  }

  /**
   * Sends epochs in one transaction, but those that were sent. Rejects with a ConnectorError; the line is then begun anew by the next
   * call.
   * @param epochs in rising order
   */
  async send(epochs: readonly EpochMessages[], topics: OutgoingTopics): Promise<void> {
    if (this.#producer === undefined) await this.#openAgain();
    const due = epochs.filter(({ epoch }) => epoch > this.marker);
    const epoch = due.at(-1)?.epoch;
    if (epoch === undefined) return;
    const { failpoint } = this.parts.context;
    const compression = compressionOf(this.parts.options);
    await this.#within(async (transaction) => {
      await this.#mark(transaction, epoch);
      this.#attempted = epoch;
      for await (const batch of topics.batches(messagesOf(due))) {
        await transaction.send({ ...batch, acks: -1, compression });
        failpoint?.('kafkaSink.midTransaction');
      }
      failpoint?.('kafkaSink.beforeEndTransaction');
    });
    this.#isMarked(epoch);
    failpoint?.('kafkaSink.afterEndTransaction');
  }

  /** Changes nothing, and is not to be believed straight behind a commit. Undefined where Kafka has none. */
  async readMarker(): Promise<number | undefined> {
    const { client, topics } = this.parts;
    const found = await client.admin((admin) => admin.fetchOffsets({ groupId: this.id, topics: [...topics] }));
    const markers = found.flatMap(({ topic, partitions }) =>
      partitions
        .filter(({ partition }) => partition === MARKER_PARTITION)
        .map(({ partition, offset }) => offsetOf(offset, { topic, partition })),
    );
    const marker = Math.max(NO_MARKER, ...markers);
    return marker === NO_MARKER ? undefined : marker;
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect();
  }

  #isMarked(marker: number): void {
    this.#marker = this.#acknowledged = this.#own = marker;
  }

  /** Nobody else has had the line, if not for good: what was acknowledged here is there, or will be when it is ended once more. */
  async #openAgain(): Promise<void> {
    await this.open();
    if ((this.#marker ?? NO_MARKER) >= this.#own) return;
    await this.close();
    const message = `${this.parts.client.subject}: the marker of group ${this.id} is behind what was acknowledged`;
    throw new ConnectorError('unavailable', message, { retriable: true });
  }

  /** What is done within is seen all at once, or not at all. */
  async #within(work: (transaction: SinkTransaction) => Promise<void>): Promise<void> {
    try {
      const transaction = await this.#producer!.transaction();
      await work(transaction);
      await transaction.commit();
      this.parts.context.metrics?.count('transactions.committed');
    } catch (error) {
      await this.close();
      const explained = this.#explained(error);
      const isFenced = explained instanceof ConnectorError && explained.code === 'fenced';
      this.parts.context.metrics?.count(isFenced ? 'transactions.fenced' : 'transactions.failed');
      throw explained;
    }
  }

  #mark(transaction: SinkTransaction, epoch: number): Promise<void> {
    const { client, topics } = this.parts;
    const partitions = [{ partition: MARKER_PARTITION, offset: String(epoch) }];
    const offsets = { consumerGroupId: this.id, topics: [{ topic: topics[0]!, partitions }] };
    return sendOffsets(transaction, offsets, client);
  }

  #explained(error: unknown): Error {
    const thrown = error instanceof ConnectorError ? error.cause : error;
    if (typeOf(thrown) !== 'INVALID_TRANSACTION_TIMEOUT') return this.parts.client.error(error);
    return new ConnectorError(
      'invalid-option',
      `${this.parts.client.subject}: transactionTimeout is longer than the broker allows (transaction.max.timeout.ms); make it shorter`,
      { cause: error },
    );
  }
}

async function* messagesOf(epochs: readonly EpochMessages[]): AsyncGenerator<readonly AddressedMessage[], void, void> {
  for (const { messages } of epochs) yield* messages;
}
