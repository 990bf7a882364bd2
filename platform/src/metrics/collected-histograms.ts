/** The histograms that tasks and connectors have counted, put together from their counters. */
import { bucketNumber, sumOfHistogram, type CountedAs } from './counted-histogram.js';
import type { Label, Labels } from './instrument.js';
import { instrumentOf, type InstrumentName } from './instruments.js';
import type { Distribution, Reading } from './reading.js';

export interface HistogramKind extends CountedAs {
  /** Of the scopes that have one: its group is a label. */
  readonly scopes: RegExp;
  readonly label: Label;
}

const OF_FUNCTION = { scopes: /^functions\.(?<name>.+)$/, label: 'function' } as const;
const OF_EGRESS = { scopes: /^egresses\.(?<name>.+)$/, label: 'egress' } as const;

export const FUNCTION_LATENCY: HistogramKind = {
  ...{ counter: 'latency', instrument: 'tidegate.function.invocation.duration' },
  ...OF_FUNCTION,
};
/** By what connectors call them. */
export const CONNECTOR_DURATIONS = {
  commit: { counter: 'commit', instrument: 'tidegate.egress.commit.duration', ...OF_EGRESS },
  delivery: { counter: 'delivery', instrument: 'tidegate.egress.request.duration', ...OF_EGRESS },
} as const satisfies Readonly<Record<string, HistogramKind>>;

const KINDS: readonly HistogramKind[] = [FUNCTION_LATENCY, ...Object.values(CONNECTOR_DURATIONS)];

/** Whether tasks and connectors count it, as they do counters; of other histograms each value is told. */
export function isCounted(name: InstrumentName): boolean {
  return KINDS.some(({ instrument }) => instrument === name);
}

interface Collected {
  readonly instrument: InstrumentName;
  readonly labels: Labels;
  readonly distribution: { readonly counts: number[]; sum: number };
}

export class CollectedHistograms {
  /** By scope, and what its counters begin with. */
  readonly #found = new Map<string, Collected>();

  /** @returns whether the counter is part of one */
  take(scope: string, counter: string, value: number): boolean {
    const kind = KINDS.find((each) => counter.startsWith(`${each.counter}.`) && each.scopes.test(scope));
    if (kind === undefined) return false;
    const { distribution } = this.#of(scope, kind);
    const bucket = bucketNumber(counter);
    if (bucket !== undefined) distribution.counts[bucket] = value;
    else if (counter === sumOfHistogram(kind.counter)) distribution.sum = value;
    return true;
  }

  *readings(job: string): Generator<Reading> {
    for (const { instrument, labels, distribution } of this.#found.values())
      yield { name: instrument, value: countOf(distribution), labels: { job, ...labels }, distribution };
  }

  #of(scope: string, { counter, instrument, scopes, label }: HistogramKind): Collected {
    const key = `${counter} ${scope}`;
    let found = this.#found.get(key);
    if (found !== undefined) return found;
    const { bounds = [] } = instrumentOf(instrument);
    const counts = Array.from({ length: bounds.length + 1 }, () => 0);
    const labels = { [label]: scopes.exec(scope)!.groups!['name']! };
    this.#found.set(key, (found = { instrument, labels, distribution: { counts, sum: 0 } }));
    return found;
  }
}

function countOf({ counts }: Distribution): number {
  return counts.reduce((total, count) => total + count, 0);
}
