import assert from 'node:assert/strict';
import { telemetrySettings, type TelemetrySettings } from '../../../src/cli/telemetry/telemetry-settings.js';

const AT = 'http://127.0.0.1:4318';

type Env = Readonly<Record<string, string>>;
type Ways = Pick<TelemetrySettings, 'metrics' | 'traces'>;

describe('where telemetry goes', () => {
  const cases: readonly (readonly [what: string, env: Env, ways: Ways | undefined])[] = [
    ['nowhere, unless somebody says so', {}, undefined],
    ['nowhere, where only how is said', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, undefined],
    ['nowhere, to an empty address', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
    ['to a collector', { OTEL_EXPORTER_OTLP_ENDPOINT: AT }, { metrics: 'http/protobuf', traces: 'http/protobuf' }],
    ['traces alone', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: AT }, { metrics: undefined, traces: 'http/protobuf' }],
    [
      'metrics alone',
      { OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_TRACES_EXPORTER: 'none' },
      { metrics: 'http/protobuf', traces: undefined },
    ],
    [
      'each in its own way',
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: AT,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      },
      { metrics: 'http/protobuf', traces: 'http/json' },
    ],
    ['nowhere, switched off', { OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_SDK_DISABLED: 'true' }, undefined],
  ];
  for (const [what, env, ways] of cases) {
    it(`is ${what}`, () => {
      const settings = telemetrySettings({ role: 'run' }, undefined, env);
      const sampling = ways?.traces && { ratio: 0, followsParents: true };
      assert.deepEqual(settings, ways && { role: 'run', endpoint: undefined, ...ways, sampling });
    });
  }

  const samplers: readonly (readonly [env: Env, sampling: TelemetrySettings['sampling']])[] = [
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, { ratio: 1, followsParents: false }],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, { ratio: 0, followsParents: false }],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio' }, { ratio: 1, followsParents: false }],
    [
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' },
      { ratio: 0.25, followsParents: false },
    ],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, { ratio: 1, followsParents: true }],
    [{ OTEL_TRACES_SAMPLER: '' }, { ratio: 0, followsParents: true }],
    [
      { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '1e-3' },
      { ratio: 0.001, followsParents: true },
    ],
    [{ OTEL_TRACES_SAMPLER: 'always_on', OTEL_TRACES_EXPORTER: 'none' }, undefined],
  ];
  for (const [env, sampling] of samplers)
    it(`has traces of records as is said: ${JSON.stringify(env)}`, () => {
      const settings = telemetrySettings({ role: 'run' }, undefined, { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: AT });
      assert.deepEqual(settings?.sampling, sampling);
    });

  it('is an endpoint of this machine', () => {
    const settings = telemetrySettings({ role: 'worker', cluster: 'c' }, 'localhost:9464', {});
    assert.deepEqual(settings?.endpoint, { host: 'localhost', port: 9464 });
  });

  const refused: readonly (readonly [endpoint: string | undefined, env: Env, message: RegExp])[] = [
    ['0.0.0.0:9464', {}, /--metrics 0\.0\.0\.0:9464/],
    ['9464', {}, /--metrics is "9464"; expected HOST:PORT/],
    [
      undefined,
      { OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      /OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"; expected http\/protobuf or http\/json/,
    ],
    [
      undefined,
      { OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_METRICS_EXPORTER: 'prometheus' },
      /OTEL_METRICS_EXPORTER is "prometheus"; expected otlp or none/,
    ],
    [
      undefined,
      { OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_TRACES_SAMPLER: 'xray' },
      /OTEL_TRACES_SAMPLER is "xray"; expected always_on or parentbased_always_on or always_off or /,
    ],
    [
      undefined,
      { OTEL_EXPORTER_OTLP_ENDPOINT: AT, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '1.5' },
      /OTEL_TRACES_SAMPLER_ARG is "1\.5"; expected a number from 0 to 1/,
    ],
  ];
  for (const [endpoint, env, message] of refused)
    it(`is not what is not there: ${message.source}`, () =>
      assert.throws(() => telemetrySettings({ role: 'run' }, endpoint, env), message));
});
