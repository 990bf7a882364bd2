/**
 * Where telemetry goes: an endpoint for Prometheus by option, collectors by OpenTelemetry's own variables
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
 */
import { TidegateError } from '../../common/errors.js';
import { parseAddress, type ClusterAddress } from '../cluster/cluster-address.js';
import { assertLoopback } from '../cluster/cluster-security.js';
import type { Sampling } from '../../tracing/record-sampler.js';
import type { Io } from '../io.js';
import { variableOf } from './environment-variable.js';
import { samplingOf } from './sampling-settings.js';

export type OtlpProtocol = 'http/protobuf' | 'http/json';

export interface TelemetrySettings {
  /** Of the process, as `service.*` attributes. */
  readonly role: 'run' | 'coordinator' | 'worker';
  readonly cluster?: string;
  /** Where it serves metrics. */
  readonly endpoint: ClusterAddress | undefined;
  /** How metrics and spans are sent to a collector. Absent: they are not. */
  readonly metrics: OtlpProtocol | undefined;
  readonly traces: OtlpProtocol | undefined;
  /** Which records have traces; present where `traces` is. */
  readonly sampling: Sampling | undefined;
}

export const METRICS_OPTION = { metrics: { type: 'string' } } as const;

export const METRICS_HELP = `  --metrics HOST:PORT
                   serve metrics to Prometheus, at /metrics. To collectors they are sent, and traces with them, where
                   OTEL_EXPORTER_OTLP_ENDPOINT says so: see docs/telemetry.md
`;

/**
 * @param endpoint the option's value
 * @returns undefined: there is nobody to report to
 * @throws UsageError, TidegateError TG452, TG470
 */
export function telemetrySettings(
  process: Pick<TelemetrySettings, 'role' | 'cluster'>,
  endpoint: string | undefined,
  env: Io['env'],
  insecure = false,
): TelemetrySettings | undefined {
  const address = endpoint === undefined ? undefined : parseAddress('metrics', endpoint);
  if (address !== undefined) assertLoopback('metrics', address, insecure);
  const isDisabled = env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true';
  const metrics = isDisabled ? undefined : protocolOf('METRICS', env);
  const traces = isDisabled ? undefined : protocolOf('TRACES', env);
  if (address === undefined && metrics === undefined && traces === undefined) return undefined;
  return { ...process, endpoint: address, metrics, traces, sampling: traces && samplingOf(env) };
}

/** Undefined: nobody was named to send to, or nothing is to be sent. */
function protocolOf(signal: 'METRICS' | 'TRACES', env: Io['env']): OtlpProtocol | undefined {
  const endpoint =
    variableOf(env, `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`) ?? variableOf(env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  if (endpoint === undefined) return undefined;
  const exporter = `OTEL_${signal}_EXPORTER`;
  const wanted = variableOf(env, exporter) ?? 'otlp';
  if (wanted === 'none') return undefined;
  if (wanted !== 'otlp') throw unknown(exporter, wanted, ['otlp', 'none']);
  const ofSignal = `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`;
  const variable = variableOf(env, ofSignal) === undefined ? 'OTEL_EXPORTER_OTLP_PROTOCOL' : ofSignal;
  const protocol = variableOf(env, variable) ?? 'http/protobuf';
  if (protocol === 'http/protobuf' || protocol === 'http/json') return protocol;
  throw unknown(variable, protocol, ['http/protobuf', 'http/json']);
}

function unknown(variable: string, value: string, known: readonly string[]): TidegateError {
  return new TidegateError('TG470', `${variable} is ${JSON.stringify(value)}; expected ${known.join(' or ')}`);
}
