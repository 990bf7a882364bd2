/**
 * A process that sends cards at a rate, and reads the alerts as they are committed: `paced-load BROKERS RATE WARM SECONDS`. Of each
 * alert it takes the time since the broker appended the card that completed it. Prints one JSON line.
 */
import { connectBrokers } from '@tidegate/connectors/services/broker-tools';
import { cardMessages } from './card-messages.js';
import { CARDS } from './cards-to-alerts.js';

const ALERTS = 'alerts-0';
/** The last alerts wait for their transaction. */
const AFTER_MS = 4000;
const LONGEST_FETCH_MS = 50;
/** The alerts are read by long polls: what comes ends one. */
const RETRY_MS = 20;

const [brokers = '', ...numbers] = process.argv.slice(2);
const [rate = 0, warmSeconds = 0, seconds = 0] = numbers.map(Number);
const tools = await connectBrokers(brokers);
const messages = cardMessages(rate * (warmSeconds + seconds));
const consumer = tools.kafka.consumer({
  groupId: 'latency',
  maxWaitTimeInMs: LONGEST_FETCH_MS,
  retry: { initialRetryTime: RETRY_MS },
});
const producer = tools.kafka.producer();
await Promise.all([consumer.connect(), producer.connect()]);
const latencies: number[] = [];
let from = Infinity;
await consumer.subscribe({ topics: [ALERTS], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch }) => {
    const now = Date.now();
    for (const { value } of batch.messages) {
      const { at } = JSON.parse(value!.toString()) as { readonly at: number };
      if (at >= from) latencies.push(now - at);
    }
  },
});

const begun = performance.now();
let [sent, lateMs] = [0, 0];
while (sent < messages.length) {
  const elapsedMs = performance.now() - begun;
  const due = Math.min(messages.length, Math.floor((elapsedMs * rate) / 1000));
  if (sent >= rate * warmSeconds) {
    from = Math.min(from, Date.now());
    lateMs = Math.max(lateMs, elapsedMs - (sent * 1000) / rate);
  }
  if (due > sent) await producer.send({ topic: CARDS, messages: messages.slice(sent, due) });
  sent = Math.max(sent, due);
  await new Promise((resolve) => setTimeout(resolve, 1));
}
await new Promise((resolve) => setTimeout(resolve, AFTER_MS));
await Promise.all([consumer.disconnect(), producer.disconnect(), tools.close()]);
const sorted = latencies.sort((a, b) => a - b);
const quantile = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? -1;
const quantiles = { p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), max: quantile(1) };
process.stdout.write(
  `${JSON.stringify({ sent, maxLateMs: Math.round(lateMs), alerts: sorted.length, ...quantiles })}\n`,
);
