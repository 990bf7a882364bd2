/**
 * A queue that jobs are taken from by hand: each stays active, under our lock, until it is completed.
 *
 * Invariants
 * - The data of a job are not parsed here: they may be no JSON at all, and their numbers are exact.
 * - A job that stalls (its lock ran out) is given again, however often: it is never failed for that.
 */
import type { Job, JobJson, MinimalQueue, Worker } from 'bullmq';
import type { RedisClient } from '../redis/redis-client.js';
import { bullmq } from './library.js';

const STALLED_MAX = 1_000_000;
/** How long Redis holds back the answer while there is no job. */
const BLOCK_SECONDS = 1;
const LOCKS_AT_ONCE = 1000;

export interface TakenJob {
  readonly id: string;
  /** As it lies in Redis. */
  readonly data: string;
  readonly job: Job;
}

export interface IncomingQueueOptions {
  readonly name: string;
  readonly prefix: string;
  readonly token: string;
  readonly lockMs: number;
}

/** Whether a job was completed, or why not: another has it, or it is to be given again. */
export type Completion = 'completed' | 'gone' | 'lost';

type Manual = Worker & { readonly jobs: Pick<typeof Job, 'fromId'> };

export class IncomingQueue {
  #worker: Manual | undefined;

  constructor(
    private readonly client: RedisClient,
    private readonly options: IncomingQueueOptions,
  ) {}

  /** Jobs that an earlier attempt had taken and not completed: ours, without waiting for its locks to run out. */
  adopt(): Promise<readonly TakenJob[]> {
    return this.client.persist(async (redis) => {
      const worker = await this.#opened();
      // What was taken last stands first.
      const active = (await redis.lrange(this.#key('active'), 0, -1)).reverse();
      const locks = active.length === 0 ? [] : await redis.mget(active.map((id) => this.#key(`${id}:lock`)));
      const ours = active.filter((_, index) => locks[index] === this.options.token);
      await this.#extend(worker, ours);
      const found = await Promise.all(ours.map((id) => this.#find(worker, id)));
      return found.flatMap((job) => job ?? []);
    });
  }

  /** @param waits whether to wait a moment for one where there is none */
  take(waits: boolean): Promise<TakenJob | undefined> {
    return this.client.persist(async () => {
      const worker = await this.#opened();
      const { token } = this.options;
      // Looked for first, and not only waited for: while the connection that BullMQ waits on is not there, it says that there is none.
      const found = await worker.getNextJob(token, { block: false });
      const job = found ?? (waits ? await worker.getNextJob(token, { block: true }) : undefined);
      return job?.id === undefined ? undefined : { id: job.id, job, data: String(job.data) };
    });
  }

  /** @returns ids whose locks are not ours any more */
  extendLocks(ids: readonly string[]): Promise<readonly string[]> {
    return this.client.persist(async () => this.#extend(await this.#opened(), ids));
  }

  complete(id: string): Promise<Completion> {
    return this.client.persist(async () => {
      const worker = await this.#opened();
      const found = await this.#find(worker, id);
      if (found === undefined || found.job.finishedOn !== undefined) return 'gone';
      try {
        await found.job.moveToCompleted(null, this.options.token, false);
        return 'completed';
      } catch (error) {
        // BullMQ says by a number below zero that the job is not active, or its lock not ours.
        if (!(error instanceof Error && 'code' in error && typeof error.code === 'number')) throw error;
        // Also where an answer came too late: then an earlier try has completed it.
        const now = await this.#find(worker, id);
        return now === undefined || now.job.finishedOn !== undefined ? 'gone' : 'lost';
      }
    });
  }

  async close(): Promise<void> {
    await this.client.close();
    // Its second connection; nobody waits for how that ends.
    this.#worker?.close(true).catch(() => undefined);
  }

  async #find({ jobs }: Manual, id: string): Promise<TakenJob | undefined> {
    const job = await jobs.fromId(this.#worker!, id);
    return job === undefined ? undefined : { id, job, data: String(job.data) };
  }

  async #extend(worker: Manual, ids: readonly string[]): Promise<readonly string[]> {
    const lost: string[] = [];
    for (let at = 0; at < ids.length; at += LOCKS_AT_ONCE) {
      const part = ids.slice(at, at + LOCKS_AT_ONCE);
      const tokens = part.map(() => this.options.token);
      lost.push(...((await worker.extendJobLocks(part, tokens, this.options.lockMs)) ?? []));
    }
    return lost;
  }

  #key(rest: string): string {
    return `${this.options.prefix}:${this.options.name}:${rest}`;
  }

  async #opened(): Promise<Manual> {
    if (this.#worker !== undefined) return this.#worker;
    const { name, prefix, lockMs } = this.options;
    const connection = await this.client.connected();
    const { Worker: Base, Job: BaseJob } = bullmq();
    /** Its data are the text that lies in Redis. */
    class TextJob extends BaseJob {
      static override fromJSON<T, R, N extends string>(queue: MinimalQueue, json: JobJson, id?: string): Job<T, R, N> {
        const job = super.fromJSON<T, R, N>(queue, { ...json, data: '{}' }, id);
        job.data = json.data as T;
        return job;
      }
    }
    class ManualWorker extends Base {
      readonly jobs = TextJob;
      protected override get Job(): typeof BaseJob {
        return TextJob as typeof BaseJob;
      }
    }
    const worker = new ManualWorker(name, null, {
      connection,
      prefix,
      autorun: false,
      skipVersionCheck: true,
      skipLockRenewal: true,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: STALLED_MAX,
      drainDelay: BLOCK_SECONDS,
    });
    // What goes wrong is thrown to who asked for it as well.
    worker.on('error', () => undefined);
    await worker.waitUntilReady();
    await worker.startStalledCheckTimer();
    return (this.#worker = worker);
  }
}
