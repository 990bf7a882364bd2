/** The benchmark's cards as messages of Kafka: JSON under the card's number. */
import { cards } from '@tidegate/cep/bench/events';
import type { BrokerTools } from '@tidegate/connectors/services/broker-tools';
import { CARDS } from './cards-to-alerts.js';

export interface CardMessage {
  readonly key: string;
  readonly value: string;
}

/** One request holds batches as large as those of the peer, whose producer has `batch.size` 131072. */
const BATCH_MESSAGES = 1400;

export function cardMessages(count: number): CardMessage[] {
  return cards(count).map((card) => ({ key: String(card.cardId), value: JSON.stringify(card) }));
}

/** All at once. */
export async function fill({ kafka }: BrokerTools, count: number, partitions: number): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  const messages = cardMessages(count);
  const size = BATCH_MESSAGES * partitions;
  for (let at = 0; at < count; at += size)
    await producer.send({ topic: CARDS, messages: messages.slice(at, at + size) });
  await producer.disconnect();
}
