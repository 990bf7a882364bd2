/**
 * Planted bugs of what commits to Kafka. Its steps are requests that it makes through its client, so a bug is planted there: a
 * request that is left out, made too soon or too late, or whose failure is not heeded.
 */
import {
  KafkaSink,
  type CoordinatorRequests,
  type SinkProducer,
  type SinkTransaction,
} from '@tidegate/connectors/kafka';
import { SimulatedKafkaClient } from '../broker/simulated-kafka-client.js';
import { SimulatedProducer } from '../broker/simulated-producer.js';
import { TransactionCoordinator } from '../broker/transaction-coordinator.js';
import { replaceMethod, type Mutant } from './mutant.js';

type Begin = SimulatedProducer['transaction'];

/** @param broken made of a transaction, and of what begins another */
function inTransactions(broken: (transaction: SinkTransaction, begin: Begin) => Partial<SinkTransaction>): () => void {
  return replaceMethod(SimulatedProducer, 'transaction', (original) => {
    return async function (this: SimulatedProducer): Promise<SinkTransaction> {
      const begin: Begin = () => original.call(this);
      const transaction = await begin();
      return { ...transaction, ...broken(transaction, begin) };
    };
  });
}

/** @param broken made of what the coordinator is asked before a producer begins */
function inTakeovers(broken: (coordinator: CoordinatorRequests) => Partial<CoordinatorRequests>): () => void {
  return replaceMethod(SimulatedKafkaClient, 'coordinator', (original) => {
    return function <T>(
      this: SimulatedKafkaClient,
      id: string,
      work: (coordinator: CoordinatorRequests) => Promise<T>,
    ) {
      return original.call(this, id, (coordinator) => work({ ...coordinator, ...broken(coordinator) })) as Promise<T>;
    };
  });
}

/** That worlds show. */
export const KAFKA_MUTANTS: readonly Mutant[] = [
  {
    name: 'marker-behind-the-transaction',
    description: 'The marker of an epoch is committed in a transaction of its own, behind that of its records.',
    seedsMax: 60,
    plant: () =>
      inTransactions((transaction, begin) => {
        let marker: Parameters<SinkTransaction['sendOffsets']>[0] | undefined;
        return {
          sendOffsets: async (offsets) => {
            marker = offsets;
          },
          async commit() {
            await transaction.commit();
            if (marker === undefined) return;
            const second = await begin();
            await second.sendOffsets(marker);
            await second.commit();
          },
        };
      }),
  },
  {
    name: 'marker-before-the-transaction',
    description: 'The marker of an epoch is committed before its records are.',
    seedsMax: 60,
    plant: () =>
      inTransactions((transaction, begin) => {
        const records: Parameters<SinkTransaction['send']>[0][] = [];
        return {
          send: async (batch) => {
            records.push(batch);
            return [];
          },
          async commit() {
            await transaction.commit();
            if (records.length === 0) return;
            const second = await begin();
            for (const batch of records) await second.send(batch);
            await second.commit();
          },
        };
      }),
  },
  {
    name: 'no-fencing',
    description: 'A new producer does not fence the one before, nor abort what that has left open.',
    seedsMax: 100,
    plant: () =>
      replaceMethod(TransactionCoordinator, 'initProducer', (original) => {
        const known = new WeakMap<TransactionCoordinator, Map<string, number>>();
        return function (this: TransactionCoordinator, id, timeoutMs) {
          const epochs = known.get(this) ?? new Map<string, number>();
          known.set(this, epochs);
          const epoch = epochs.get(id);
          if (epoch !== undefined) return { ok: true, value: epoch };
          const answer = original.call(this, id, timeoutMs);
          if (answer.ok) epochs.set(id, answer.value!);
          return answer;
        };
      }),
  },
  {
    name: 'marker-not-found',
    description: 'What was committed is sent again, as nobody looks whether it was.',
    seedsMax: 60,
    plant: () =>
      replaceMethod(SimulatedKafkaClient, 'ask', (original) => {
        return async function (this: SimulatedKafkaClient, request, again) {
          const answer = await original.call(this, request, again);
          return request.op === 'fetch-offsets' ? { ...answer, offsets: new Map([['odd', 0]]) } : answer;
        };
      }),
  },
];

/** That need more of one committer than a world has of it: lives of committers alone show them. */
export const COMMITTER_MUTANTS: readonly Mutant[] = [
  {
    name: 'unknown-end-taken-for-success',
    description: 'A transaction whose end was not answered is taken for committed.',
    seedsMax: 60,
    plant: () =>
      inTransactions((transaction) => ({
        commit: () => transaction.commit().catch(() => undefined),
      })),
  },
  {
    name: 'marker-read-before-fencing',
    description: 'The marker is read while the producer before may still commit.',
    seedsMax: 200,
    plant: () =>
      inTakeovers(() => ({
        initProducerId: async () => ({ producerId: undefined, producerEpoch: 0 }),
        addOffsetsToTxn: async () => undefined,
        addPartitionsToTxn: async () => undefined,
        endTxn: async () => undefined,
      })),
  },
  {
    name: 'left-open-not-ended',
    description:
      'What a transaction has left open in partitions that were not told of its end is left to the next one.',
    seedsMax: 200,
    plant: () => inTakeovers(() => ({ addPartitionsToTxn: async () => undefined })),
  },
  {
    name: 'left-open-always-aborted',
    description: 'What was left open is aborted although its commit had been acknowledged.',
    seedsMax: 200,
    plant: () =>
      inTakeovers((coordinator) => ({ endTxn: (of) => coordinator.endTxn({ ...of, transactionResult: false }) })),
  },
  {
    name: 'lines-of-others-not-taken-over',
    description: 'After a change of the parallelism nobody asks what the subtasks that are no more had sent.',
    seedsMax: 200,
    plant: () =>
      replaceMethod(KafkaSink, 'createCommitter', (original) => {
        return function (this: KafkaSink, owner) {
          const committer = original.call(this, owner);
          const recover = committer.recover.bind(committer);
          const isOwn = ({ subtask }: { readonly subtask: number }): boolean => subtask === owner.subtask;
          committer.recover = (restored) => recover(restored && { ...restored, staged: restored.staged.filter(isOwn) });
          return committer;
        };
      }),
  },
  {
    name: 'batches-tried-again',
    description: 'kafkajs is let try a batch again of which requests are under way.',
    seedsMax: 100,
    plant: () =>
      replaceMethod(SimulatedKafkaClient, 'producer', (original) => {
        return function (this: SimulatedKafkaClient, { retry: _, ...config } = {}): SinkProducer {
          return original.call(this, config);
        };
      }),
  },
];
