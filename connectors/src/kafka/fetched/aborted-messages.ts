/**
 * Which messages of a fetch belong to aborted transactions. A broker lists those in the order in which they ended (KafkaConsumer
 * of Apache Kafka sorts them); kafkajs takes the list for sorted by beginning, and steps into one of them a message, so that where
 * transactions overlap it gives out what was aborted.
 *
 * Invariants
 * - A message is aborted where a listed transaction of its producer began at its offset or before, and that producer's next abort
 *   marker lies behind it. A marker is a control record: a key of the same bytes is none.
 */
import type { FetchedRecord } from './fetched-record.js';

export type TransactionalRecord = Pick<FetchedRecord, 'offsetNumber' | 'key' | 'isControlRecord'> & {
  readonly batchContext: Pick<FetchedRecord['batchContext'], 'producerId' | 'inTransaction'>;
};

/** As kafkajs decodes it: numbers of 64 bits as text. */
export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

/** Key of a control record: version, then type, 2 bytes each. */
const ABORT_MARKER = Buffer.from([0, 0, 0, 0]);

/** @param records in the order of their offsets, control records among them */
export function withoutAborted<R extends TransactionalRecord>(
  records: readonly R[],
  abortedTransactions: readonly AbortedTransaction[] | null | undefined,
): readonly R[] {
  if (!abortedTransactions?.length) return records;
  const begins = abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId, first: Number(firstOffset) }))
    .sort((left, right) => left.first - right.first);
  const aborted = new Set<string>();
  let next = 0;
  return records.filter((record) => {
    const { producerId, inTransaction } = record.batchContext;
    for (; next < begins.length && begins[next]!.first <= record.offsetNumber; next++)
      aborted.add(begins[next]!.producerId);
    if (!record.isControlRecord) return !inTransaction || !aborted.has(producerId);
    if (record.key !== null && ABORT_MARKER.equals(record.key)) aborted.delete(producerId);
    return true;
  });
}
