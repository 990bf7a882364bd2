/**
 * Takes over a transactional id, and ends what its transactions may have left open in partitions.
 *
 * A coordinator that starts while the end of a transaction is due tells no partition of it that has no leader yet, and takes it for
 * ended all the same (KAFKA-20734; seen on Apache Kafka 4.3.1 as CompleteAbort without a marker in any log). The records stay open there,
 * count as part of the id's next transaction, and get the end of that one. So before anything else there is a transaction that adds every
 * partition and only ends: its markers reach them all.
 */
import { isTransient, typeOf } from './kafka-error.js';
import type { CoordinatorRequests, IdOwner, SinkClient } from './sink-client.js';

export interface LeftOpenOptions {
  /** The transactional id, and the name of its group. */
  readonly id: string;
  readonly timeoutMs: number;
  /** All that the id may have written to. */
  readonly topics: readonly string[];
  /** Asked when nobody else has the id any more: whether what is open belongs to what was committed. */
  isCommitted(): Promise<boolean>;
}

const TRIES = 500;
const PAUSE_MS = 20;

/** Rejects with a ConnectorError; what was done by then does no harm. */
export async function endLeftOpen(client: SinkClient, options: LeftOpenOptions): Promise<void> {
  const topics = await partitionsOf(client, options.topics);
  await client.coordinator(options.id, async (coordinator) => {
    for (let tries = 1; ; tries++) {
      try {
        return await endIn(coordinator, topics, options);
      } catch (error) {
        if (!isPassing(error) || tries === TRIES) throw error;
      }
      await client.pause(PAUSE_MS);
    }
  });
}

async function endIn(
  coordinator: CoordinatorRequests,
  topics: Parameters<CoordinatorRequests['addPartitionsToTxn']>[0]['topics'],
  { id: transactionalId, timeoutMs: transactionTimeout, isCommitted }: LeftOpenOptions,
): Promise<void> {
  const { producerId, producerEpoch } = await coordinator.initProducerId({ transactionalId, transactionTimeout });
  const owner: IdOwner = { transactionalId, producerId, producerEpoch };
  const transactionResult = await isCommitted();
  await coordinator.addOffsetsToTxn({ ...owner, groupId: transactionalId });
  await coordinator.addPartitionsToTxn({ ...owner, topics });
  await coordinator.endTxn({ ...owner, transactionResult });
}

/** Of the topics that are there. */
function partitionsOf(client: SinkClient, names: readonly string[]) {
  return client.admin(async (admin) => {
    const known = new Set(await admin.listTopics());
    const { topics } = await admin.fetchTopicMetadata({ topics: names.filter((name) => known.has(name)) });
    return topics.map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.map(({ partitionId }) => partitionId),
    }));
  });
}

/** Another end is on its way to its partitions, or somebody else is about to become the coordinator. */
function isPassing(error: unknown): boolean {
  return isTransient(error) || typeOf(error) === 'CONCURRENT_TRANSACTIONS';
}
