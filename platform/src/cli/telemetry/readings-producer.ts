/**
 * What sources say, as OpenTelemetry's readers take metrics that are measured elsewhere: asked for at each look.
 *
 * Invariants
 * - What nobody says any more is not exported any more. (The SDK's own observables show the last value of all that ever was.)
 */
import { ValueType, type Attributes, type HrTime } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  type CollectionResult,
  type DataPoint,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import { instrumentOf, type InstrumentName } from '../../metrics/instruments.js';
import type { MetricSource, Reading } from '../../metrics/reading.js';

export class ReadingsProducer implements MetricProducer {
  readonly #sources = new Set<MetricSource>();
  readonly #startTime: HrTime;

  /** @param now epoch milliseconds */
  constructor(
    private readonly resource: Resource,
    private readonly scope: { readonly name: string; readonly version: string },
    private readonly now: () => number,
  ) {
    this.#startTime = timeOf(now());
  }

  /** @returns ends it */
  watch(source: MetricSource): () => void {
    this.#sources.add(source);
    return () => void this.#sources.delete(source);
  }

  collect(): Promise<CollectionResult> {
    const points = this.#points();
    const metrics = [...points].map(([name, dataPoints]) => metricOf(name, dataPoints));
    const resourceMetrics = { resource: this.resource, scopeMetrics: [{ scope: this.scope, metrics }] };
    return Promise.resolve({ resourceMetrics, errors: [] });
  }

  #points(): ReadonlyMap<InstrumentName, Point[]> {
    const endTime = timeOf(this.now());
    const points = new Map<InstrumentName, Point[]>();
    for (const source of this.#sources)
      for (const reading of source()) {
        const { name, value, labels } = reading;
        const point = { startTime: this.#startTime, endTime, attributes: labels as Attributes, value, reading };
        const others = points.get(name);
        if (others === undefined) points.set(name, [point]);
        else others.push(point);
      }
    return points;
  }
}

interface Point extends DataPoint<number> {
  readonly reading: Reading;
}

function metricOf(name: InstrumentName, points: readonly Point[]): MetricData {
  const { kind, unit, description, bounds = [] } = instrumentOf(name);
  const descriptor = { name, unit, description, valueType: ValueType.DOUBLE };
  const shared = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE };
  if (kind === 'histogram')
    return {
      ...{ ...shared, dataPointType: DataPointType.HISTOGRAM },
      dataPoints: points.map(({ reading, ...point }) => ({ ...point, value: histogramOf(reading, bounds) })),
    };
  const metric = { ...shared, dataPoints: points.map(({ reading: _, ...point }) => point) };
  if (kind === 'counter') return { ...metric, dataPointType: DataPointType.SUM, isMonotonic: true };
  return { ...metric, dataPointType: DataPointType.GAUGE };
}

function histogramOf({ value, distribution }: Reading, bounds: readonly number[]): Histogram {
  const { counts = [], sum = 0 } = distribution ?? {};
  return { buckets: { boundaries: [...bounds], counts: [...counts] }, sum, count: value };
}

/** Seconds and nanoseconds. */
function timeOf(ms: number): HrTime {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
}
