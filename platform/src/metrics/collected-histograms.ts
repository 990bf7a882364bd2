/** The histograms that tasks have counted, put together from their counters. */
import { bucketNumber, sumOfHistogram } from './counted-histogram.js';
import { instrumentOf, type InstrumentName } from './instruments.js';
import type { Reading } from './reading.js';

/** Of a type of functions, in the scope `functions.TYPE`. */
export const FUNCTION_LATENCY = 'latency';
export const FUNCTION_LATENCY_INSTRUMENT: InstrumentName = 'tidegate.function.invocation.duration';

const OF_FUNCTION = /^functions\.(?<function>.+)$/;

interface Collected {
  readonly counts: number[];
  sum: number;
}

export class CollectedHistograms {
  /** By the function's type. */
  readonly #found = new Map<string, Collected>();

  /** @returns whether the counter is part of one */
  take(scope: string, counter: string, value: number): boolean {
    if (!counter.startsWith(`${FUNCTION_LATENCY}.`)) return false;
    const type = OF_FUNCTION.exec(scope)?.[1];
    if (type === undefined) return false;
    let found = this.#found.get(type);
    if (found === undefined) this.#found.set(type, (found = { counts: emptyCounts(), sum: 0 }));
    const bucket = bucketNumber(counter);
    if (bucket !== undefined) found.counts[bucket] = value;
    else if (counter === sumOfHistogram(FUNCTION_LATENCY)) found.sum = value;
    return true;
  }

  *readings(job: string): Generator<Reading> {
    for (const [type, distribution] of this.#found) {
      const value = distribution.counts.reduce((total, count) => total + count, 0);
      yield { name: FUNCTION_LATENCY_INSTRUMENT, value, labels: { job, function: type }, distribution };
    }
  }
}

function emptyCounts(): number[] {
  const { bounds = [] } = instrumentOf(FUNCTION_LATENCY_INSTRUMENT);
  return Array.from({ length: bounds.length + 1 }, () => 0);
}
