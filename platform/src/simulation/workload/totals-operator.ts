/**
 * The second probe, behind the second exchange: counts what the ledger says by another key, and by windows.
 *
 * Invariants (asserted)
 * - Of one key of the ledger and one key of its own, counts come rising: the channel kept their order.
 * - Nothing comes at or before the watermark, but what has come round; and that not after the end of time. Watermarks rise.
 */
import { invariant } from '../../common/errors.js';
import type { CheckpointSettings } from '../../job/graph-settings.js';
import type { Collector, Operator } from '../../operators/operator.js';
import type { Key } from '../../record/key.js';
import type { StreamRecord } from '../../record/stream-record.js';
import { plainValueCodec } from '../../state/codecs/plain-value-codec.js';
import type { KeyedStore, TimerService, ValueState } from '../../state/keyed-store.js';
import { MAX_WATERMARK, NO_WATERMARK } from '../../time/watermark.js';
import { windowEnd } from './ledger-operator.js';
import { TOTALS } from './probe-graph.js';
import { lapRecord, totalsRecord, type LedgerValue, type OutputLine } from './probe-record.js';
import { RisingCounts, type LastCounts } from './rising-counts.js';
import { close, countIn, type WindowCounts } from './window-counts.js';

/** Of event time, ms. */
export const TOTALS_WINDOW_MS = 400;

interface Total {
  count: number;
  /** The last count of each key of the ledger. */
  readonly seen: LastCounts;
  readonly windows: WindowCounts;
  /** As in the ledger. */
  isFinal: boolean;
}

export class TotalsOperator implements Operator {
  readonly #totals: ValueState<Total>;
  readonly #timers: TimerService;
  readonly #seen: RisingCounts;
  #watermark = NO_WATERMARK;

  constructor(
    private readonly output: Collector,
    private readonly again: Collector,
    store: KeyedStore,
    mode: CheckpointSettings['mode'],
  ) {
    this.#seen = new RisingCounts('count', mode);
    this.#totals = store.value({ owner: TOTALS, name: 'totals', codec: plainValueCodec() });
    this.#timers = store.timers(TOTALS, 'windows');
  }

  process(_input: number, record: StreamRecord, key: Key | undefined): void {
    const value = record.value as unknown as LedgerValue;
    const { j, k, n, id, lap, laps } = value;
    invariant(key === j, 'a record came with the key of another');
    const isTimed = lap === 0 && record.timestamp !== MAX_WATERMARK;
    const isLate = lap === 0 ? record.timestamp <= this.#watermark : this.#watermark === MAX_WATERMARK;
    invariant(!isLate, () => `${id} came behind the watermark ${this.#watermark}`);
    const total = this.#totals.get(key) ?? { count: 0, seen: [], windows: [], isFinal: false };
    if (n > 0) this.#seen.next(key, total.seen, k, n);
    total.count++;
    if (isTimed) {
      const end = windowEnd(record.timestamp, TOTALS_WINDOW_MS);
      countIn(total.windows, end);
      this.#timers.set(key, end);
    }
    this.#totals.put(key, total);
    this.#emit(['event', j, total.count, k, n, id], record.timestamp);
    if (laps.length > 0) this.again.collect(lapRecord(value, j, total.count, record.timestamp));
  }

  watermark(watermark: number): void {
    invariant(watermark > this.#watermark, () => `the watermark went from ${this.#watermark} to ${watermark}`);
    this.#timers.advance(watermark, (key, end) => {
      const total = this.#totals.get(key);
      const count = total && close(total.windows, end);
      invariant(
        total !== undefined && count !== undefined,
        () => `the timer of ${String(key)} at ${end} has no window`,
      );
      this.#totals.put(key, total);
      this.#emit(['total-window', String(key), end, count], end);
    });
    this.#watermark = watermark;
    if (watermark === MAX_WATERMARK) this.#finish();
  }

  #finish(): void {
    for (const key of [...this.#totals.keys()].sort()) {
      const total = this.#totals.get(key)!;
      if (total.isFinal) continue;
      total.isFinal = true;
      this.#totals.put(key, total);
      this.#emit(['total-final', String(key), total.count], MAX_WATERMARK);
    }
  }

  #emit(line: OutputLine, time: number): void {
    this.output.collect(totalsRecord(line, time));
  }
}
