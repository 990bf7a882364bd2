/** Adds payments to the queue `payments` until it is stopped: `node produce.mjs [PER_SECOND]`, 100 a second by default. */
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

const perSecond = Number(process.argv[2] ?? 100);
const connection = new Redis(process.env['REDIS_URL'] || 'redis://localhost:6379', { maxRetriesPerRequest: null });
const queue = new Queue('payments', { connection, defaultJobOptions: { removeOnComplete: { count: 1000 } } });
const COUNTRIES = ['NL', 'DE', 'FR', 'US'];
const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** Of four payments one is with a card that is tried with small amounts first. */
function payment() {
  const isTried = Math.random() < 0.25;
  const card = Math.floor(Math.random() * (isTried ? 10 : 500));
  const amount = isTried ? pick([1, 2, 700, 900]) : Math.round(Math.random() * 40_000) / 100;
  return { name: 'payment', data: { cardId: `card-${card}`, amount, country: pick(COUNTRIES), ts: Date.now() } };
}

process.stdout.write(`${perSecond} payments a second; Ctrl-C ends it\n`);
let sent = 0;
let stopping = false;
process.once('SIGINT', () => (stopping = true));
while (!stopping) {
  const jobs = Array.from({ length: Math.max(1, Math.round(perSecond / 10)) }, payment);
  await queue.addBulk(jobs);
  sent += jobs.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
}
await queue.close();
connection.disconnect();
process.stdout.write(`${sent} sent\n`);
