/**
 * Offsets of a group, committed with a transaction, as its first request: straight behind another transaction Kafka may ask to come again,
 * which kafkajs does not heed here.
 */
import { typeOf } from './kafka-error.js';
import type { SinkClient, SinkTransaction } from './sink-client.js';

const PAUSE_MS = 20;
const TRIES = 500;

export async function sendOffsets(
  transaction: Pick<SinkTransaction, 'sendOffsets'>,
  offsets: Parameters<SinkTransaction['sendOffsets']>[0],
  client: Pick<SinkClient, 'pause'>,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await transaction.sendOffsets(offsets);
    } catch (error) {
      if (typeOf(error) !== 'CONCURRENT_TRANSACTIONS' || tries === TRIES) throw error;
    }
    await client.pause(PAUSE_MS);
  }
}
