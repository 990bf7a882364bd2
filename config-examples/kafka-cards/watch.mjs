/** Prints the alerts that are committed, and says how many came twice: none. */
import kafkajs from 'kafkajs';

const { Kafka, logLevel } = kafkajs;
const kafka = new Kafka({
  clientId: 'watch',
  brokers: (process.env['KAFKA_BROKERS'] || 'localhost:9092').split(','),
  // kafkajs would tell as an error what it tries again, as with a broker that has just started.
  logLevel: logLevel.NOTHING,
});
const consumer = kafka.consumer({ groupId: `watch-${process.pid}`, maxWaitTimeInMs: 100 });
await consumer.connect();
await consumer.subscribe({ topics: ['alerts'], fromBeginning: true });
const seen = new Set();
let twice = 0;
await consumer.run({
  eachMessage: async ({ message }) => {
    const { id, message: text, time } = JSON.parse(message.value.toString());
    if (seen.has(id)) twice++;
    seen.add(id);
    process.stdout.write(`${time}  ${text}\n`);
  },
});
process.once('SIGINT', async () => {
  await consumer.disconnect();
  process.stdout.write(`${seen.size} alerts, ${twice} of them twice\n`);
});
