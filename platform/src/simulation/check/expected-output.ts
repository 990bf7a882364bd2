/**
 * What the probes must put out for an input, worked out without running them: all that does not depend on the order in
 * which splits happen to be read.
 */
import { SplitWatermark } from '../../time/watermark.js';
import type { Parcel } from '../functions/parcel.js';
import { expectCalls, type ExpectedCalls } from './calls-check.js';
import { expectAlerts } from './expected-alerts.js';
import type { InputSplit } from '../workload/input-events.js';
import { LEDGER_WINDOW_MS, windowEnd } from '../workload/ledger-operator.js';
import { TOTALS_WINDOW_MS } from '../workload/totals-operator.js';

export interface ExpectedOutput {
  /** Every event that is not late, each of its laps, and everything that the ledger says itself: its id, with its keys. */
  readonly entries: ReadonlyMap<string, { readonly k: string; readonly j: string }>;
  /** `END` by `J`: how many. */
  readonly totalWindows: ReadonlyMap<string, number>;
  readonly late: ReadonlySet<string>;
  /** Ids. */
  readonly alerts: ReadonlySet<string>;
  readonly calls: ExpectedCalls;
  /** How many lines there are in all. */
  readonly lines: number;
}

/** @param hasRules whether the job has the pattern rules beside the probes */
export function expectOutput(splits: readonly InputSplit[], disorder: number, hasRules: boolean): ExpectedOutput {
  const entries = new Map<string, { k: string; j: string }>();
  const times = new Map<string, number>();
  const late = new Set<string>();
  const counts = new Map<string, number>();
  const windows = new Map<string, number>();
  const parcels = new Map<string, readonly string[]>();
  for (const { id, events } of splits) {
    // Lateness is judged split by split: decision 1.
    const progress = new SplitWatermark(disorder, 0);
    events.forEach(({ k, j, t, laps, parcel }, offset) => {
      const name = `${id}@${offset}`;
      // Functions know no event time: late events are theirs too.
      if (parcel !== undefined) parcels.set(name, [k, ...(JSON.parse(parcel) as Parcel).route]);
      if (progress.observe(t)) {
        late.add(name);
        return;
      }
      entries.set(name, { k, j });
      times.set(name, t);
      add(counts, k);
      laps.forEach((lapKey, lap) => {
        entries.set(`${name}~${lap + 1}`, { k: lapKey, j });
        add(counts, lapKey);
      });
      add(windows, `${k}:${windowEnd(t, LEDGER_WINDOW_MS)}`);
    });
  }
  for (const [window, count] of windows) {
    const [k, end] = window.split(':') as [string, string];
    const name = `window:${window}:${count}`;
    entries.set(name, { k, j: `w${k}` });
    times.set(name, Number(end));
  }
  for (const [k, count] of counts) entries.set(`final:${k}:${count}`, { k, j: `w${k}` });
  const totalWindows = new Map<string, number>();
  const keys = new Set<string>();
  for (const [name, { j }] of entries) {
    keys.add(j);
    const time = times.get(name);
    if (time !== undefined) add(totalWindows, `${j}:${windowEnd(time, TOTALS_WINDOW_MS)}`);
  }
  const alerts = hasRules ? expectAlerts(splits, (event) => late.has(event)) : new Set<string>();
  const calls = expectCalls(parcels);
  const lines =
    entries.size + totalWindows.size + keys.size + late.size + alerts.size + calls.counted.size + calls.letters.size;
  return { entries, totalWindows, late, alerts, calls, lines };
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
