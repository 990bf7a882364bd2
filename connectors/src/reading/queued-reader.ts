/**
 * The SourceReader that every source here is built on: each split has a feed, an asynchronous function that reads ahead
 * into a bounded queue; `poll` only takes from the queues.
 *
 * Invariants
 * - At most `concurrency` splits are fed at once, in the order they were added: with 1, a folder of files is read file by
 *   file, and only the file in work is open.
 * - What is queued is bounded by `maxQueuedBytes` over all splits, give or take one batch a split.
 * - A split's `split-end` follows its last record; a paused split gives neither.
 * - After `close` no feed runs: `close` waits for all of them.
 */
import type { ConnectorContext, PollResult, SourceReader, SourceSplit } from '../api/index.js';
import { SplitQueue, type Queued } from './split-queue.js';

/** What a feed is given to hand its records to. */
export interface FeedOutput {
  /** True once the reader is being closed: the feed returns soon. */
  readonly closed: boolean;
  push(queued: Queued | undefined): void;
  /** The split's state for what is pushed from now on: what the feed must know to go on behind it. At first the split's. */
  setState(state: unknown): void;
  /** Resolves when more may be pushed, or when the reader is closed. */
  room(): Promise<void>;
  /** Resolves when everything that was pushed is polled, or when the reader is closed. */
  drained(): Promise<void>;
  /** Resolves after `ms` milliseconds, or when the reader is closed. */
  sleep(ms: number): Promise<void>;
  /** Calls back when the reader is closed, to wake a feed that waits for something outside. The result takes it back. */
  onClose(callback: () => void): () => void;
}

/** Reads one split from its offset; resolves at its end, rejects with what made it impossible. */
export type Feed = (split: SourceSplit, output: FeedOutput) => Promise<void>;

export interface QueuedReaderOptions {
  readonly feed: Feed;
  readonly concurrency: number;
  readonly maxQueuedBytes: number;
  /** `fail` is told when a feed rejects; the reader then gives no more of that split. */
  readonly context: Pick<ConnectorContext, 'fail' | 'schedule'>;
  /** Told the positions of a checkpoint once it is complete: what lies before them is never asked for again. */
  readonly onCheckpointComplete?: (splits: readonly SourceSplit[]) => void;
  /** What feeds share is given up, when none of them runs any more. */
  readonly onClose?: () => Promise<void>;
}

export class QueuedReader implements SourceReader {
  readonly #options: QueuedReaderOptions;
  #waiting: SourceSplit[] = [];
  /** Splits that were started and have not told their end, in order. */
  #active: SplitQueue[] = [];
  readonly #pausedBeforeStart = new Set<string>();
  readonly #feeds = new Set<Promise<void>>();
  readonly #closeCallbacks = new Set<() => void>();
  /** Snapshots whose checkpoints are under way, where somebody wants to be told. */
  readonly #incomplete = new Map<number, readonly SourceSplit[]>();
  #feeding = 0;
  #next = 0;
  #noMoreSplits = false;
  #closed = false;
  #starved = false;
  #available: (() => void) | undefined;

  constructor(options: QueuedReaderOptions) {
    this.#options = options;
  }

  get concurrency(): number {
    return this.#options.concurrency;
  }

  addSplits(splits: readonly SourceSplit[]): void {
    if (this.#noMoreSplits) throw new Error('a split was added after noMoreSplits');
    this.#waiting.push(...splits);
    this.#startSplits();
  }

  noMoreSplits(): void {
    this.#noMoreSplits = true;
    if (this.#isDone()) this.#announce();
  }

  poll(maxBytes: number): PollResult {
    for (let tried = 0; tried < this.#active.length; tried++) {
      // Takes turns, so that one busy split does not starve the others.
      const index = (this.#next + tried) % this.#active.length;
      const queue = this.#active[index];
      if (queue === undefined || queue.paused) continue;
      while (!queue.isEmpty) {
        this.#next = index + 1;
        const batch = queue.take(maxBytes);
        this.#wakeFeeds();
        if (batch !== undefined) return { kind: 'batch', batch };
      }
      if (queue.finished) {
        this.#active.splice(index, 1);
        this.#next = index;
        this.#startSplits();
        return { kind: 'split-end', split: queue.split, at: queue.at };
      }
    }
    if (this.#isDone()) return { kind: 'end' };
    this.#starved = true;
    return { kind: 'empty' };
  }

  onAvailable(callback: () => void): void {
    this.#available = callback;
  }

  pause(split: string): void {
    const queue = this.#active.find((active) => active.split === split);
    if (queue === undefined) this.#pausedBeforeStart.add(split);
    else queue.paused = true;
  }

  resume(split: string): void {
    this.#pausedBeforeStart.delete(split);
    const queue = this.#active.find((active) => active.split === split);
    if (queue === undefined || !queue.paused) return;
    queue.paused = false;
    if (!queue.isEmpty || queue.finished) this.#announce();
  }

  /** Of all splits that have not ended: what is polled next begins there. */
  positions(): readonly SourceSplit[] {
    return [...this.#active.map((queue) => queue.at), ...this.#waiting];
  }

  snapshot(checkpoint: number): readonly SourceSplit[] {
    const splits = this.positions();
    if (this.#options.onCheckpointComplete !== undefined) this.#incomplete.set(checkpoint, splits);
    return splits;
  }

  notifyComplete(checkpoint: number): void {
    const splits = this.#incomplete.get(checkpoint);
    // A checkpoint that completes makes all earlier ones void.
    for (const earlier of this.#incomplete.keys()) if (earlier <= checkpoint) this.#incomplete.delete(earlier);
    if (splits !== undefined) this.#options.onCheckpointComplete?.(splits);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting = [];
    for (const queue of this.#active) queue.wake();
    for (const callback of this.#closeCallbacks) callback();
    this.#closeCallbacks.clear();
    await Promise.all(this.#feeds);
    for (const queue of this.#active) queue.clear();
    await this.#options.onClose?.();
  }

  #isDone(): boolean {
    return this.#noMoreSplits && this.#active.length === 0 && this.#waiting.length === 0;
  }

  #announce(): void {
    if (!this.#starved) return;
    this.#starved = false;
    this.#available?.();
  }

  #startSplits(): void {
    while (
      !this.#closed &&
      this.#feeding < this.#options.concurrency &&
      this.#queuedBytes() < this.#options.maxQueuedBytes
    ) {
      const split = this.#waiting.shift();
      if (split === undefined) return;
      const queue = new SplitQueue(split);
      queue.paused = this.#pausedBeforeStart.delete(split.id);
      this.#active.push(queue);
      this.#feeding++;
      const feed = this.#run(split, queue).finally(() => this.#feeds.delete(feed));
      this.#feeds.add(feed);
    }
  }

  async #run(split: SourceSplit, queue: SplitQueue): Promise<void> {
    try {
      await this.#options.feed(split, this.#outputOf(queue));
      queue.finished = !this.#closed;
    } catch (error) {
      // After close nobody waits for this split, and its handle may have been closed under it.
      if (!this.#closed) this.#options.context.fail(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#feeding--;
    }
    if (queue.finished) {
      this.#startSplits();
      if (!queue.paused) this.#announce();
    }
  }

  #outputOf(queue: SplitQueue): FeedOutput {
    const isClosed = (): boolean => this.#closed;
    let state = queue.state;
    return {
      get closed() {
        return isClosed();
      },
      push: (queued) => {
        if (queued === undefined || this.#closed) return;
        queue.push(queued, state);
        if (!queue.paused) this.#announce();
      },
      setState: (next) => {
        state = next;
        // All that the former one belonged to has been polled.
        if (queue.isEmpty) queue.state = next;
      },
      room: async () => {
        while (!this.#closed && !this.#hasRoom(queue)) await queue.wait();
      },
      drained: async () => {
        while (!this.#closed && !queue.isEmpty) await queue.wait();
      },
      sleep: (ms) => this.#sleep(ms),
      onClose: (callback) => this.#onClose(callback),
    };
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        takeBack();
        resolve();
      };
      const cancel = this.#options.context.schedule(ms, done);
      const takeBack = this.#onClose(done);
    });
  }

  #onClose(callback: () => void): () => void {
    // The same function for two waits would be one entry.
    const entry = (): void => callback();
    if (this.#closed) queueMicrotask(entry);
    else this.#closeCallbacks.add(entry);
    return () => this.#closeCallbacks.delete(entry);
  }

  /** An equal share for each split, so that a paused one cannot take the room of all others. */
  #hasRoom(queue: SplitQueue): boolean {
    return queue.isEmpty || queue.bytes < this.#options.maxQueuedBytes / this.#active.length;
  }

  #wakeFeeds(): void {
    for (const queue of this.#active) if (this.#hasRoom(queue)) queue.wake();
    this.#startSplits();
  }

  #queuedBytes(): number {
    let bytes = 0;
    for (const queue of this.#active) bytes += queue.bytes;
    return bytes;
  }
}
