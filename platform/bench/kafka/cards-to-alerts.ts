/** The benchmark's application: W2 over a topic of cards, its alerts into another one, exactly once; and its two topics. */
import type { BrokerTools } from '@tidegate/connectors/services/broker-tools';
import type { StateBackend } from '../../src/job/graph-settings.js';

export const CARDS = 'cards';

export interface CardsToAlerts {
  readonly brokers: string;
  readonly backend: StateBackend;
  readonly parallelism: number;
  /** As the application says it: `1s`. */
  readonly interval: string;
  readonly alerts: string;
  /** Reads the topic up to where it ends when it is begun, or without an end. */
  readonly isBounded: boolean;
}

/** `at` of an alert is when the broker appended the card that completed it. */
export function cardsToAlerts({ brokers, backend, parallelism, interval, alerts, isBounded }: CardsToAlerts): string {
  return `name: kafka-bench
settings:
  parallelism: ${parallelism}
  state: { backend: ${backend} }
  checkpoint: { interval: ${interval} }
ingresses:
  cards:
    kafka: { brokers: "${brokers}", topics: ${CARDS}, end: ${isBounded ? 'latest' : 'never'}, fields: { timestamp: at } }
    schema: { cardId: int, amount: double, country: string, merchant: int, ts: timestamp, at: int }
    time: { field: ts, format: epoch-millis, maxOutOfOrderness: 0s }
rules:
  testing:
    from: cards
    key: cardId
    pattern:
      within: 10m
      skip: pastLastEvent
      steps:
        - begin: small
          where: amount < 5
        - followedBy: large
          where: amount > 500
    select:
      at: large.at
    to: alerts
egresses:
  alerts: { kafka: { brokers: "${brokers}", topic: ${alerts} }, delivery: exactly-once }
`;
}

/** Cards are stamped by the broker, alerts as they come. */
export async function createTopics(tools: BrokerTools, partitions: number, alerts: readonly string[]): Promise<void> {
  const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
  const topics = [
    { topic: CARDS, numPartitions: partitions, configEntries },
    ...alerts.map((topic) => ({ topic, numPartitions: 1 })),
  ];
  await tools.admin.createTopics({ topics, waitForLeaders: true });
}
