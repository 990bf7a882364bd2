/**
 * Telemetry by OpenTelemetry's SDK: all of its packages are behind this file, which is loaded only when it is needed.
 *
 * Invariants
 * - Metrics are observed: a reader asks, and only then is anything read. Nothing that runs waits for it.
 * - A collector that is not there costs nothing but what was to be sent to it.
 */
import { diag, DiagLogLevel, type Attributes } from '@opentelemetry/api';
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { MeterProvider, PeriodicExportingMetricReader, type IMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Resource } from '@opentelemetry/resources';
import type { Histogram } from '@opentelemetry/api';
import { isCounted } from '../../metrics/collected-histograms.js';
import { instrumentOf, INSTRUMENTS, type InstrumentName } from '../../metrics/instruments.js';
import type { MetricSource, Reading } from '../../metrics/reading.js';
import type { Sampling } from '../../tracing/record-sampler.js';
import type { Span } from '../../tracing/span.js';
import { programVersion } from '../package-folder.js';
import { systemClock } from '../runtime/system-clock.js';
import { MetricsEndpoint } from './metrics-endpoint.js';
import { processReadings } from './process-readings.js';
import { readableSpan } from './readable-span.js';
import { ReadingsProducer } from './readings-producer.js';
import { resourceOf } from './resource.js';
import type { Telemetry } from './telemetry.js';
import type { TelemetrySettings } from './telemetry-settings.js';

/** The instrumentation scope of everything. */
const SCOPE = 'tidegate';
const CLOSE_MS_MAX = 5000;

export class OpenTelemetry implements Telemetry {
  readonly #readings: ReadingsProducer;
  readonly #meters: MeterProvider;
  readonly #spans: SpanProcessor | undefined;
  readonly #histograms = new Map<InstrumentName, Histogram>();
  readonly #resource: Resource;
  readonly #endpoint: MetricsEndpoint | undefined;

  private constructor(private readonly settings: TelemetrySettings) {
    this.#resource = resourceOf(settings);
    this.#readings = new ReadingsProducer(this.#resource, { name: SCOPE, version: programVersion() }, systemClock.now);
    const metricProducers = [this.#readings];
    const prometheus =
      settings.endpoint &&
      new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true, metricProducers });
    this.#endpoint = prometheus && new MetricsEndpoint(prometheus);
    const readers: IMetricReader[] = prometheus === undefined ? [] : [prometheus];
    if (settings.metrics !== undefined)
      readers.push(
        new PeriodicExportingMetricReader({
          exporter: settings.metrics === 'http/json' ? new JsonMetricExporter() : new ProtobufMetricExporter(),
          metricProducers,
          ...exportInterval(),
        }),
      );
    this.#meters = new MeterProvider({ resource: this.#resource, readers });
    this.#spans = settings.traces && new BatchSpanProcessor({ exporter: spanExporter(settings.traces) });
    this.#createHistograms();
    this.watch(processReadings());
  }

  /** @throws TidegateError TG450 */
  static async open(settings: TelemetrySettings, log: (message: string) => void): Promise<OpenTelemetry> {
    tellOf(log);
    const telemetry = new OpenTelemetry(settings);
    if (settings.endpoint !== undefined) log(`metrics at ${await telemetry.#endpoint!.listen(settings.endpoint)}`);
    return telemetry;
  }

  get traces(): Sampling | undefined {
    return this.settings.sampling;
  }

  watch(source: MetricSource): () => void {
    return this.#readings.watch(source);
  }

  observe({ name, value, labels }: Reading): void {
    this.#histograms.get(name)?.record(value, labels as Attributes);
  }

  export(spans: readonly Span[]): void {
    for (const span of spans) this.#spans?.onEnd(readableSpan(span, this.#resource, SCOPE));
  }

  async close(): Promise<void> {
    this.#endpoint?.close();
    const flushed = Promise.allSettled([
      this.#meters.shutdown({ timeoutMillis: CLOSE_MS_MAX }),
      this.#spans?.shutdown(),
    ]);
    await flushed;
  }

  /** What is not asked for but told: its distribution is the SDK's to keep. */
  #createHistograms(): void {
    const meter = this.#meters.getMeter(SCOPE, programVersion());
    for (const name of Object.keys(INSTRUMENTS) as InstrumentName[]) {
      const { kind, unit, description, bounds = [] } = instrumentOf(name);
      if (kind !== 'histogram' || isCounted(name)) continue;
      const options = { unit, description, advice: { explicitBucketBoundaries: [...bounds] } };
      this.#histograms.set(name, meter.createHistogram(name, options));
    }
  }
}

function exportInterval(): { readonly exportIntervalMillis?: number; readonly exportTimeoutMillis?: number } {
  const interval = Number(process.env['OTEL_METRIC_EXPORT_INTERVAL']);
  if (!(interval > 0)) return {};
  const timeout = Number(process.env['OTEL_METRIC_EXPORT_TIMEOUT']) || interval;
  return { exportIntervalMillis: interval, exportTimeoutMillis: Math.min(timeout, interval) };
}

function spanExporter(protocol: NonNullable<TelemetrySettings['traces']>) {
  return protocol === 'http/json' ? new JsonTraceExporter() : new ProtobufTraceExporter();
}

/** Of what goes wrong on the way to a collector, once each: it goes wrong again every time. */
function tellOf(log: (message: string) => void): void {
  const said = new Set<string>();
  const say = (message: string): void => {
    if (!said.has(message)) log(`warning: telemetry: ${message.slice(0, MESSAGE_LENGTH_MAX)}`);
    if (said.size < MESSAGES_MAX) said.add(message);
  };
  const ignore = (): void => undefined;
  const logger = { error: say, warn: say, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}

const MESSAGES_MAX = 100;
const MESSAGE_LENGTH_MAX = 500;
