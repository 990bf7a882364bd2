/**
 * What a connector tells of itself besides records, for who watches the job.
 *
 * Invariants
 * - Names are those of this list: what they are called outside, and in which unit, the host decides.
 */

/** What is counted: its sum only grows. */
export type ConnectorCount =
  /** Requests to a receiver of alerts, by what they came to. */
  | 'deliveries.delivered'
  | 'deliveries.retried'
  | 'deliveries.given_up'
  /** Transactions, by their end: `fenced` are also those that took too long, which Kafka tells in the same words. */
  | 'transactions.committed'
  | 'transactions.fenced'
  | 'transactions.failed';

/** How long something took: told in milliseconds. */
export type ConnectorDuration =
  /** From the request to the answer. */
  | 'delivery'
  /** Of an epoch, from the trigger of its checkpoint until the outer system has it for all to see. */
  | 'commit';

/** What is now, of one subtask. */
export type ConnectorLevel =
  /** Records that a source has still before it. */
  'pending';

export interface ConnectorMetrics {
  count(name: ConnectorCount): void;
  took(name: ConnectorDuration, ms: number): void;
  level(name: ConnectorLevel, value: number): void;
}
