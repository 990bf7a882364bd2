/**
 * Which messages of a fetch belong to aborted transactions. A broker lists those in the order in which they ended (KafkaConsumer
 * of Apache Kafka sorts them); kafkajs takes the list for sorted by beginning, and steps into one of them a message, so that where
 * transactions overlap it gives out what was aborted. This stands in the place of its `filterAbortedMessages`.
 *
 * Invariants
 * - A message is aborted where a listed transaction of its producer began at its offset or before, and that producer's next abort
 *   marker lies behind it. A marker is a control record: a key of the same bytes is none.
 */

/** As kafkajs decodes it; offsets and ids are numbers of 64 bits as text. */
export interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

export interface Fetched<M extends FetchedMessage> {
  /** In the order of their offsets, control records among them. */
  readonly messages: M[];
  readonly abortedTransactions?: readonly AbortedTransaction[] | null;
}

/** Key of a control record: version, then type, 2 bytes each. */
const ABORT_MARKER = Buffer.from([0, 0, 0, 0]);

export function withoutAborted<M extends FetchedMessage>({ messages, abortedTransactions }: Fetched<M>): M[] {
  if (!abortedTransactions?.length) return messages;
  const begins = abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId, first: Number(firstOffset) }))
    .sort((left, right) => left.first - right.first);
  const aborted = new Set<string>();
  let next = 0;
  return messages.filter(({ offset, key, isControlRecord, batchContext: { producerId, inTransaction } }) => {
    const at = Number(offset);
    for (; next < begins.length && begins[next]!.first <= at; next++) aborted.add(begins[next]!.producerId);
    if (!isControlRecord) return !inTransaction || !aborted.has(producerId);
    if (key !== null && ABORT_MARKER.equals(key)) aborted.delete(producerId);
    return true;
  });
}
