/**
 * Records at the times of a schedule: one split, and a record's offset is the time for which it stands.
 *
 * Invariants
 * - What a record is depends on its time alone, however late it comes: so each firing counts once, whatever fails.
 * - Where to go on is known from the job's first start, also before anything has fired: what comes while the job does not
 *   run is known to be missed.
 */
import type { ConfigOf, ConnectorContext, Source, SourceReader, SourceSplit, SplitEnumerator } from '../api/index.js';
import { BatchBuilder } from '../reading/batch-builder.js';
import { QueuedReader, type FeedOutput } from '../reading/queued-reader.js';
import type { options } from './options.js';
import { Schedule } from './schedule.js';

const SPLIT = 'schedule';
/** What a record is taken to weigh, as none is ever written out. */
const RECORD_BYTES = 100;
const MAX_QUEUED_BYTES = 512 * RECORD_BYTES;
/** The clock may be set, or stand still while the machine sleeps: it is looked at this often. */
const LOOK_MS_MAX = 10_000;

export type CronOptions = ConfigOf<typeof options>;

export class CronSource implements Source {
  readonly boundedness = 'unbounded';
  readonly replayable = true;
  readonly #schedule: Schedule;

  /** Throws a ConnectorError `invalid-option`. */
  constructor(
    readonly options: CronOptions,
    readonly context: ConnectorContext,
  ) {
    const { schedule, zone } = options;
    this.#schedule = new Schedule({ schedule, zone, seed: context.name }, context.now());
  }

  createEnumerator(): SplitEnumerator {
    return {
      discover: async () => [{ id: SPLIT, offset: this.context.now() }],
      close: async () => undefined,
    };
  }

  createReader(): SourceReader {
    return new QueuedReader({
      feed: (split, output) => this.#feed(split, output),
      concurrency: 1,
      maxQueuedBytes: MAX_QUEUED_BYTES,
      context: this.context,
    });
  }

  async #feed(split: SourceSplit, output: FeedOutput): Promise<void> {
    const beganMs = this.context.now();
    const batch = new BatchBuilder(split.id);
    let position = split.offset ?? beganMs;
    while (!output.closed) {
      const at = this.#next(position, beganMs);
      const waitMs = at - this.context.now();
      if (waitMs > 0) {
        await output.sleep(Math.min(waitMs, LOOK_MS_MAX));
        continue;
      }
      position = at + 1;
      batch.payload({ ...this.options.fields, at }, at);
      output.push(batch.take(RECORD_BYTES, position));
      await output.room();
    }
  }

  /** The time of the next record at or after `position`. */
  #next(position: number, beganMs: number): number {
    const next = this.#schedule.atOrAfter(position);
    if (next >= beganMs || this.options.missed === 'all') return next;
    return this.options.missed === 'last' ? this.#schedule.lastBefore(beganMs) : this.#schedule.atOrAfter(beganMs);
  }
}
