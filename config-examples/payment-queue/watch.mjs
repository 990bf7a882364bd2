/** A worker of the queue `alerts`: prints each alert, and says in the end how many came twice: none. */
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';

const connection = new Redis(process.env['REDIS_URL'] || 'redis://localhost:6379', { maxRetriesPerRequest: null });
const seen = new Set();
let twice = 0;
const worker = new Worker(
  'alerts',
  async ({ data: { id, message, time } }) => {
    if (seen.has(id)) twice++;
    seen.add(id);
    process.stdout.write(`${time}  ${message}\n`);
  },
  { connection },
);
process.once('SIGINT', async () => {
  await worker.close();
  connection.disconnect();
  process.stdout.write(`${seen.size} alerts, ${twice} of them twice\n`);
});
