/**
 * A histogram that tasks keep in counters, one for each bucket, so that threads and workers add up as everything else that is
 * counted does.
 */
import { instrumentOf, type InstrumentName } from './instruments.js';
import type { Counter, MetricRegistry } from './registry.js';

const BUCKET = /\.bucket(\d+)$/;

export interface CountedAs {
  /** What its counters begin with. */
  readonly counter: string;
  readonly instrument: InstrumentName;
}

export class CountedHistogram {
  readonly #bounds: readonly number[];
  readonly #buckets: readonly Counter[];
  readonly #sum: Counter;

  constructor(registry: MetricRegistry, scope: string, { counter, instrument }: CountedAs) {
    this.#bounds = instrumentOf(instrument).bounds ?? [];
    // One more than bounds: for what is above all of them.
    this.#buckets = Array.from({ length: this.#bounds.length + 1 }, (_, bucket) =>
      registry.counter(scope, bucketOf(counter, bucket)),
    );
    this.#sum = registry.counter(scope, sumOfHistogram(counter));
  }

  /** @param value in the instrument's unit */
  record(value: number): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && value > this.#bounds[bucket]!) bucket++;
    this.#buckets[bucket]!.value++;
    this.#sum.value += value;
  }
}

export function sumOfHistogram(counter: string): string {
  return `${counter}.sum`;
}

/** Which bucket a counter is; undefined: it is none. */
export function bucketNumber(counter: string): number | undefined {
  const number = BUCKET.exec(counter)?.[1];
  return number === undefined ? undefined : Number(number);
}

function bucketOf(counter: string, bucket: number): string {
  return `${counter}.bucket${bucket}`;
}
