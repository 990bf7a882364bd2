/**
 * Watermarks: a watermark `t` says that no record with a timestamp <= t is expected any more.
 *
 * A split's watermark follows Apache Flink's BoundedOutOfOrdernessWatermarks: the greatest timestamp seen, less the
 * bound, less one. Lateness is judged against the split's own watermark, record by record, and not against the
 * operator's: so the same records are late in every run and at every parallelism.
 */
export const NO_WATERMARK = Number.NEGATIVE_INFINITY;
/** The end of time: all windows close, all timeouts are due. */
export const MAX_WATERMARK = Number.MAX_SAFE_INTEGER;

/** One split's progress in event time. */
export class SplitWatermark {
  #watermark = NO_WATERMARK;
  /** Without records for the idle timeout: it does not hold others back. */
  idle = false;
  /** It is ahead of others, and is not read. */
  paused = false;
  /** `Clock.monotonic()` of the last record, for the idle timeout. */
  lastActive: number;

  constructor(
    private readonly maxOutOfOrderness: number,
    now: number,
  ) {
    this.lastActive = now;
  }

  get watermark(): number {
    return this.#watermark;
  }

  /** Takes a record's timestamp. @returns whether the record is late (at or before the watermark). */
  observe(timestamp: number): boolean {
    if (timestamp <= this.#watermark) return true;
    const next = timestamp - this.maxOutOfOrderness - 1;
    if (next > this.#watermark) this.#watermark = next;
    return false;
  }

  /** Raises the watermark from outside (a test's step, the end of a sorted input). */
  raise(watermark: number): void {
    if (watermark > this.#watermark) this.#watermark = watermark;
  }
}

/**
 * The minimum over all that is not idle. When everything is idle, the latest that one has reached: what it was before the
 * last of them fell silent must not depend on which that was. `undefined` when there is nothing.
 */
export function combinedWatermark(
  splits: Iterable<{ readonly watermark: number; readonly idle: boolean }>,
): number | undefined {
  let active: number | undefined;
  let idle: number | undefined;
  for (const split of splits) {
    if (split.idle) idle = Math.max(idle ?? split.watermark, split.watermark);
    else active = Math.min(active ?? split.watermark, split.watermark);
  }
  return active ?? idle;
}
