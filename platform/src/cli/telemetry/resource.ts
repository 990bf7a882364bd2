/** Whose telemetry it is: OpenTelemetry's resource attributes. What the environment says goes before what we say. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources';
import { programVersion } from '../package-folder.js';
import type { TelemetrySettings } from './telemetry-settings.js';

export function resourceOf({ role, cluster }: TelemetrySettings): Resource {
  const own = resourceFromAttributes({
    'service.name': `tidegate-${role}`,
    'service.version': programVersion(),
    'service.instance.id': randomUUID(),
    'host.name': hostname(),
    'process.pid': process.pid,
    ...(cluster === undefined ? {} : { 'service.namespace': cluster }),
  });
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
}
