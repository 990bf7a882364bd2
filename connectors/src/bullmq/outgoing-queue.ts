/**
 * A queue that jobs are added to, many at once.
 *
 * Invariants
 * - The data of a job lie in Redis as the egress's format wrote them: they are not parsed on the way, so that whole numbers
 *   beyond 2^53 stay what they are.
 * - Adding again what was added changes nothing.
 */
import type { JobJson, JobType, Queue } from 'bullmq';
import { RedisClient } from '../redis/redis-client.js';
import { bullmq } from './library.js';
import { bytesOf, type OutgoingJob } from './outgoing-job.js';

const BATCH_BYTES = 1024 * 1024;
const BATCH_JOBS = 500;
const UNFINISHED: JobType[] = ['wait', 'active', 'delayed', 'prioritized'];

export class OutgoingQueue {
  #queue: Queue | undefined;

  constructor(
    private readonly client: RedisClient,
    private readonly name: string,
    private readonly prefix: string,
  ) {}

  /** Resolves when Redis has them; rejects with a ConnectorError. */
  async send(jobs: readonly OutgoingJob[]): Promise<void> {
    for (const batch of batches(jobs)) await this.#persist((queue) => queue.addBulk(batch));
  }

  /** How many jobs are not done yet, those that are delayed among them. */
  unfinished(): Promise<number> {
    return this.#persist((queue) => queue.getJobCountByTypes(...UNFINISHED));
  }

  /** No worker of the queue that has a limit takes a job for so long. */
  async hold(ms: number): Promise<void> {
    await this.#persist((queue) => queue.rateLimit(ms));
  }

  #persist<T>(work: (queue: Queue) => Promise<T>): Promise<T> {
    return this.client.persist(async (redis) => {
      // Made once there is a connection, as BullMQ waits for one without an end.
      this.#queue ??= await openQueue(this.name, { connection: redis, prefix: this.prefix });
      return work(this.#queue);
    });
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}

function* batches(jobs: readonly OutgoingJob[]): Generator<OutgoingJob[], void, void> {
  let batch: OutgoingJob[] = [];
  let bytes = 0;
  for (const job of jobs) {
    if (batch.length > 0 && (batch.length === BATCH_JOBS || bytes + bytesOf(job) > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(job);
    bytes += bytesOf(job);
  }
  if (batch.length > 0) yield batch;
}

/** A queue whose jobs' data are JSON already. */
export async function openQueue(
  name: string,
  { connection, prefix }: { readonly connection: import('ioredis').Redis; readonly prefix: string },
): Promise<Queue> {
  const { Queue: Base, Job: BaseJob } = bullmq();
  class JsonJob extends BaseJob<unknown> {
    override asJSON(): JobJson {
      const json = super.asJSON();
      return typeof this.data === 'string' ? { ...json, data: this.data } : json;
    }
  }
  class JsonQueue extends Base {
    protected override get Job(): typeof BaseJob {
      return JsonJob as typeof BaseJob;
    }
  }
  // Whether the server is fit has been asked.
  const queue = new JsonQueue(name, { connection, prefix, skipVersionCheck: true });
  // What goes wrong is thrown to who asked for it as well.
  queue.on('error', () => undefined);
  await queue.waitUntilReady();
  return queue;
}
