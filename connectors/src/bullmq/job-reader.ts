/**
 * The reader of a queue: takes jobs ahead into a bounded list, and completes each when a checkpoint that holds it is complete.
 *
 * Invariants
 * - Where reading stands is the set of jobs that were given and are not completed: it lies in the checkpoint.
 * - A bounded reading ends when nothing is left to be taken and everything that was taken is completed: so a run that has
 *   ended leaves nothing of its own in the queue.
 * - What is taken is bounded by `prefetch`; what is also waiting here, by `MAX_QUEUED_BYTES`.
 */
import type { ConnectorContext, PollResult, SourceBatch, SourceReader, SourceSplit } from '../api/index.js';
import { lastMoment } from '../closing/last-moment.js';
import { redisError } from '../redis/redis-error.js';
import type { IncomingQueue, TakenJob } from './incoming-queue.js';
import { JobLedger, stateOf } from './job-ledger.js';
import type { JobRecords } from './job-records.js';

const MAX_QUEUED_BYTES = 1024 * 1024;
const COMPLETED_AT_ONCE = 100;
/** Where nothing is to be taken and what was taken is not completed yet. */
const LOOK_AGAIN_MS = 50;
/** So long what a complete checkpoint holds may still take when the reader is closed. */
const LAST_COMPLETIONS_MS = 2000;

export interface JobReaderOptions {
  readonly subject: string;
  readonly prefetch: number;
  readonly lockMs: number;
  readonly ends: boolean;
  readonly records: JobRecords;
  readonly context: ConnectorContext;
  open(token: string): IncomingQueue;
}

export class JobReader implements SourceReader {
  #split: SourceSplit | undefined;
  #queue: IncomingQueue | undefined;
  #ledger = new JobLedger([]);
  #queued: TakenJob[] = [];
  #queuedBytes = 0;
  #isPaused = false;
  #noMoreSplits = false;
  /** `told`: the split's end has been polled. */
  #end: 'no' | 'reached' | 'told' = 'no';
  #isClosed = false;
  #isStarved = false;
  #available: (() => void) | undefined;
  #wake: (() => void) | undefined;
  #cancelExtending: (() => void) | undefined;
  #reading: Promise<void> = Promise.resolve();
  #completing: Promise<void> = Promise.resolve();

  constructor(private readonly options: JobReaderOptions) {}

  addSplits([split]: readonly SourceSplit[]): void {
    if (split === undefined) return;
    this.#split = split;
    const { token, jobs } = stateOf(split);
    this.#ledger = new JobLedger(jobs);
    this.#queue = this.options.open(token);
    this.#reading = this.#read(this.#queue).catch((error: unknown) => this.#fail(error));
  }

  noMoreSplits(): void {
    this.#noMoreSplits = true;
    this.#announce();
  }

  poll(maxBytes: number): PollResult {
    const batch = this.#isPaused ? undefined : this.#take(maxBytes);
    if (batch !== undefined) return { kind: 'batch', batch };
    if (this.#end === 'reached' && !this.#isPaused && this.#split !== undefined) {
      this.#end = 'told';
      return { kind: 'split-end', split: this.#split.id, at: this.#positionWith([]) };
    }
    if (this.#noMoreSplits && (this.#split === undefined || this.#end === 'told')) return { kind: 'end' };
    this.#isStarved = true;
    return { kind: 'empty' };
  }

  #take(maxBytes: number): SourceBatch | undefined {
    if (this.#queued.length === 0 || this.#split === undefined) return undefined;
    let [bytes, count] = [0, 0];
    for (const { id, data } of this.#queued) {
      if (count > 0 && bytes + data.length > maxBytes) break;
      this.#ledger.given(id);
      bytes += data.length;
      count++;
    }
    const jobs = this.#queued.slice(0, count);
    this.#queued = this.#queued.slice(count);
    this.#queuedBytes -= bytes;
    this.#wake?.();
    return this.options.records.batchOf(this.#split.id, jobs, bytes);
  }

  onAvailable(callback: () => void): void {
    this.#available = callback;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#announce();
  }

  snapshot(checkpoint: number): readonly SourceSplit[] {
    if (this.#split === undefined || this.#end === 'told') return [];
    return [this.#positionWith(this.#ledger.snapshot(checkpoint))];
  }

  notifyComplete(checkpoint: number): void {
    const ids = this.#ledger.complete(checkpoint);
    const queue = this.#queue;
    if (queue === undefined || ids.length === 0) return;
    this.options.context.failpoint?.('bullSource.beforeComplete');
    this.#completing = this.#completing
      .then(() => this.#complete(queue, ids))
      .catch((error: unknown) => this.#fail(error));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelExtending?.();
    this.#wake?.();
    // What a complete checkpoint holds is completed now where Redis is there; else the next attempt does it.
    await lastMoment(this.options.context, LAST_COMPLETIONS_MS, this.#completing);
    await this.#queue?.close();
    await this.#completing;
    await this.#reading;
  }

  #positionWith(jobs: readonly string[]): SourceSplit {
    const { id, state } = this.#split!;
    return { id, state: { ...(state as object), jobs } };
  }

  async #read(queue: IncomingQueue): Promise<void> {
    const { ends, prefetch, context } = this.options;
    this.#ledger.asking();
    for (const job of await queue.adopt()) await this.#accept(queue, job);
    await this.#completeHeld(queue, this.#ledger.held);
    this.#extendLater(queue);
    while (!this.#isClosed && this.#end === 'no') {
      if (this.#ledger.size >= prefetch || this.#queuedBytes >= MAX_QUEUED_BYTES) {
        await new Promise<void>((wake) => (this.#wake = wake));
        continue;
      }
      this.#ledger.asking();
      const job = await queue.take(!ends);
      if (job !== undefined) await this.#accept(queue, job);
      else if (ends && this.#ledger.size === 0) this.#reach();
      else if (ends) await new Promise<void>((resume) => context.schedule(LOOK_AGAIN_MS, resume));
    }
  }

  #reach(): void {
    this.#end = 'reached';
    this.#announce();
  }

  async #accept(queue: IncomingQueue, job: TakenJob): Promise<void> {
    const action = this.#ledger.taken(job.id);
    if (action === 'complete') return this.#completeHeld(queue, [job.id]);
    if (action === 'wait') return;
    this.#queued.push(job);
    this.#queuedBytes += job.data.length;
    if (!this.#isPaused) this.#announce();
  }

  async #complete(queue: IncomingQueue, ids: readonly string[]): Promise<void> {
    await this.#completeHeld(queue, ids);
    this.options.context.failpoint?.('bullSource.afterComplete');
    this.#wake?.();
  }

  async #completeHeld(queue: IncomingQueue, ids: readonly string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += COMPLETED_AT_ONCE) {
      await Promise.all(
        ids.slice(at, at + COMPLETED_AT_ONCE).map(async (id) => {
          // One whose lock was lost comes again; that it was counted stays known until then.
          if ((await queue.complete(id)) !== 'lost') this.#ledger.done(id);
        }),
      );
      this.options.context.failpoint?.('bullSource.midComplete');
    }
  }

  #extendLater(queue: IncomingQueue): void {
    const { lockMs, context } = this.options;
    if (this.#isClosed) return;
    this.#cancelExtending = context.schedule(lockMs / 3, () => {
      this.#extend(queue).then(
        () => this.#extendLater(queue),
        (error: unknown) => this.#fail(error),
      );
    });
  }

  async #extend(queue: IncomingQueue): Promise<void> {
    const ids = this.#ledger.ids;
    const lost = ids.length === 0 ? [] : await queue.extendLocks(ids);
    const early = new Set(lost.filter((id) => this.#ledger.isQueued(id)));
    if (early.size === 0) return;
    // Not given yet: whoever gets them next has them for the first time.
    this.options.context.log?.(
      `${this.options.subject}: the locks of ${early.size} jobs have run out; they come again`,
    );
    this.#queued = this.#queued.filter(({ id }) => !early.has(id));
    this.#queuedBytes = this.#queued.reduce((bytes, { data }) => bytes + data.length, 0);
    for (const id of early) this.#ledger.dropped(id);
  }

  #announce(): void {
    if (!this.#isStarved) return;
    this.#isStarved = false;
    this.#available?.();
  }

  /** After close nobody waits, and the connection was closed under whatever was under way. */
  #fail(error: unknown): void {
    if (!this.#isClosed) this.options.context.fail(redisError(this.options.subject, error));
  }
}
