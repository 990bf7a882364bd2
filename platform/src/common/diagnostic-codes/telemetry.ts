/** Codes TG47x: where metrics, traces and logs go. */
import type { CodeEntry } from './index.js';

export const telemetryCodes = {
  TG470: {
    title: 'unknown way of telemetry',
    description:
      'A variable of OpenTelemetry asks for an exporter, protocol or sampler that is not there; the message says which there are.',
  },
} as const satisfies Record<string, CodeEntry>;
