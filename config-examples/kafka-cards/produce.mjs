/**
 * Makes the topics `payments` and `alerts` and sends payments until it is stopped: `node produce.mjs [PER_SECOND]`, 200 a second
 * by default. One card in fifty is tried with small amounts first.
 */
import kafkajs from 'kafkajs';

const { Kafka, Partitioners, logLevel } = kafkajs;
const perSecond = Number(process.argv[2] ?? 200);
const kafka = new Kafka({
  clientId: 'payments',
  brokers: (process.env['KAFKA_BROKERS'] || 'localhost:9092').split(','),
  // kafkajs would tell as an error what it tries again, as with a broker that has just started.
  logLevel: logLevel.NOTHING,
});

const admin = kafka.admin();
await admin.connect();
const known = await admin.listTopics();
const topics = ['payments', 'alerts'].filter((topic) => !known.includes(topic));
if (topics.length > 0)
  await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 4 })), waitForLeaders: false });
await admin.disconnect();

const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
await producer.connect();
const COUNTRIES = ['NL', 'DE', 'FR', 'US'];
const pick = (list) => list[Math.floor(Math.random() * list.length)];
let sent = 0;

function payment() {
  const card = Math.floor(Math.random() * 500);
  const isTried = card % 50 === 0;
  const amount = isTried ? pick([1, 2, 900]) : Math.round(Math.random() * 40_000) / 100;
  const cardId = `card-${card}`;
  return { key: cardId, value: JSON.stringify({ cardId, amount, country: pick(COUNTRIES), ts: Date.now() }) };
}

process.stdout.write(`${perSecond} payments a second; Ctrl-C ends it\n`);
let stopping = false;
process.once('SIGINT', () => (stopping = true));
while (!stopping) {
  const messages = Array.from({ length: Math.max(1, Math.round(perSecond / 10)) }, payment);
  await producer.send({ topic: 'payments', messages });
  sent += messages.length;
  if (process.stdout.isTTY) process.stdout.write(`\r${sent} sent`);
  await new Promise((resolve) => setTimeout(resolve, 100));
}
await producer.disconnect();
process.stdout.write(`\n${sent} sent\n`);
