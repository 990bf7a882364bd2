/**
 * Where a process reports what it measures and does: nowhere, unless an endpoint or a collector was named.
 *
 * Invariants
 * - Without either, nothing of OpenTelemetry is loaded.
 */
import type { MetricSource, Reading } from '../../metrics/reading.js';
import type { Sampling } from '../../tracing/record-sampler.js';
import type { Span } from '../../tracing/span.js';
import type { TelemetrySettings } from './telemetry-settings.js';

export interface Telemetry {
  /** Which records are followed; undefined: spans go nowhere. */
  readonly traces: Sampling | undefined;
  /** Asks a source whenever somebody wants to know. @returns ends it */
  watch(source: MetricSource): () => void;
  /** One more value of a histogram. */
  observe(reading: Reading): void;
  export(spans: readonly Span[]): void;
  /** What was measured is sent, as far as somebody takes it. */
  close(): Promise<void>;
}

export const NO_TELEMETRY: Telemetry = {
  traces: undefined,
  watch: () => () => undefined,
  observe: () => undefined,
  export: () => undefined,
  close: () => Promise.resolve(),
};

/** @throws TidegateError TG450 the endpoint cannot be opened; TG470 what the environment asks for is not there */
export async function openTelemetry(
  settings: TelemetrySettings | undefined,
  log: (message: string) => void,
): Promise<Telemetry> {
  if (settings === undefined) return NO_TELEMETRY;
  const { OpenTelemetry } = await import('./open-telemetry.js');
  return OpenTelemetry.open(settings, log);
}
