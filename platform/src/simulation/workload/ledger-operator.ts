/**
 * The first probe: counts events by key, and by key and window of event time, and sends every event on with its count.
 *
 * Invariants (asserted: whoever breaks them lost, doubled or reordered something)
 * - The events of one key and split come in the order of their offsets, what comes round from one key to another in the
 *   order of the sender's counts; each once, if the job promises that. Nothing comes round after the end of time.
 * - No event is at or before the watermark. Watermarks and the times of timers rise.
 */
import { invariant } from '../../common/errors.js';
import type { CheckpointSettings } from '../../job/graph-settings.js';
import type { Collector, Operator } from '../../operators/operator.js';
import type { Key } from '../../record/key.js';
import type { StreamRecord } from '../../record/stream-record.js';
import { plainValueCodec } from '../../state/codecs/plain-value-codec.js';
import type { KeyedStore, TimerService, ValueState } from '../../state/keyed-store.js';
import { MAX_WATERMARK, NO_WATERMARK } from '../../time/watermark.js';
import type { InputEvent } from './input-events.js';
import { LEDGER } from './probe-graph.js';
import { lapRecord, ledgerRecord, type LapValue, type LedgerValue } from './probe-record.js';
import { RisingCounts, type LastCounts } from './rising-counts.js';
import { close, countIn, type WindowCounts } from './window-counts.js';

/** Of event time, ms. */
export const LEDGER_WINDOW_MS = 150;

interface Account {
  count: number;
  /** The last offset of each split. */
  readonly offsets: LastCounts;
  /** The last count of each key that sent something round. */
  readonly rounds: LastCounts;
  /** Events by the end of their window. */
  readonly windows: WindowCounts;
  /** The end of time has been told: a source that is restored behind its end comes to it once more. */
  isFinal: boolean;
}

export class LedgerOperator implements Operator {
  readonly #accounts: ValueState<Account>;
  readonly #timers: TimerService;
  readonly #offsets: RisingCounts;
  readonly #rounds: RisingCounts;
  #watermark = NO_WATERMARK;

  constructor(
    private readonly output: Collector,
    private readonly again: Collector,
    store: KeyedStore,
    mode: CheckpointSettings['mode'],
  ) {
    this.#offsets = new RisingCounts('offset', mode);
    this.#rounds = new RisingCounts('count', mode);
    this.#accounts = store.value({ owner: LEDGER, name: 'accounts', codec: plainValueCodec() });
    this.#timers = store.timers(LEDGER, 'windows');
  }

  process(input: number, record: StreamRecord, key: Key | undefined): void {
    invariant(key !== undefined, 'an event has no key');
    if (input === 0) this.#event(record, key);
    else this.#lap(record, key);
  }

  #event(record: StreamRecord, key: Key): void {
    const { k, j, t, laps } = record.value as unknown as InputEvent;
    const { id: split } = record.split;
    const offset = record.offset as number;
    invariant(key === k && t === record.timestamp, 'an event came with the key or the time of another');
    invariant(t > this.#watermark, () => `the event of ${t} came behind the watermark ${this.#watermark}`);
    const account = this.#account(key);
    this.#offsets.next(key, account.offsets, split, offset);
    const end = windowEnd(t, LEDGER_WINDOW_MS);
    countIn(account.windows, end);
    this.#timers.set(key, end);
    this.#count(key, account, { k, j, id: `${split}@${offset}`, lap: 0, laps }, t);
  }

  #lap({ value, timestamp }: StreamRecord, key: Key): void {
    const { k, j, id, lap, laps, from, count } = value as unknown as LapValue;
    invariant(key === k, 'a lap came to the key of another');
    invariant(this.#watermark !== MAX_WATERMARK, () => `${id} came round behind the end of time`);
    const account = this.#account(key);
    this.#rounds.next(key, account.rounds, from, count);
    this.#count(key, account, { k, j, id, lap, laps }, timestamp);
  }

  #account(key: Key): Account {
    return this.#accounts.get(key) ?? { count: 0, offsets: [], rounds: [], windows: [], isFinal: false };
  }

  #count(key: Key, account: Account, { k, j, id, lap, laps }: Omit<LedgerValue, 'n'>, time: number): void {
    const n = ++account.count;
    this.#accounts.put(key, account);
    const value = { k, j, n, id, lap, laps };
    this.output.collect(ledgerRecord(value, time));
    if (value.laps.length > 0) this.again.collect(lapRecord(value, value.k, n, time));
  }

  watermark(watermark: number): void {
    invariant(watermark > this.#watermark, () => `the watermark went from ${this.#watermark} to ${watermark}`);
    let fired = this.#watermark;
    this.#timers.advance(watermark, (key, time) => {
      invariant(time >= fired && time > this.#watermark, () => `the timer of ${time} fired behind ${fired}`);
      fired = time;
      this.#closeWindow(key, time);
    });
    this.#watermark = watermark;
    if (watermark === MAX_WATERMARK) this.#finish();
  }

  #closeWindow(key: Key, end: number): void {
    const account = this.#accounts.get(key);
    const count = account && close(account.windows, end);
    invariant(
      account !== undefined && count !== undefined,
      () => `the timer of ${String(key)} at ${end} has no window`,
    );
    this.#accounts.put(key, account);
    this.output.collect(ownRecord(key, `window:${key}:${end}:${count}`, end));
  }

  /** What is in the state at the end is told, so that it can be held against what should be there. */
  #finish(): void {
    for (const key of [...this.#accounts.keys()].sort()) {
      const account = this.#accounts.get(key)!;
      const { count, windows, isFinal } = account;
      invariant(windows.length === 0, () => `windows of ${String(key)} are open at the end of time`);
      if (isFinal) continue;
      account.isFinal = true;
      this.#accounts.put(key, account);
      this.output.collect(ownRecord(key, `final:${key}:${count}`, MAX_WATERMARK));
    }
  }
}

/** What the ledger says itself. */
function ownRecord(key: Key, id: string, time: number): StreamRecord {
  return ledgerRecord({ k: String(key), j: `w${key}`, n: 0, id, lap: 0, laps: [] }, time);
}

/** The last instant of the window that `t` is in. */
export function windowEnd(t: number, windowMs: number): number {
  return (Math.floor(t / windowMs) + 1) * windowMs - 1;
}
