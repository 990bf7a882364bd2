/** What connectors tell of themselves, counted in a job's registry under the ingress or egress that they work for. */
import type { ConnectorDuration, ConnectorMetrics } from '@tidegate/connectors/api';
import type { MetricRegistry } from './registry.js';

/** The counter of a duration's sum, in milliseconds. */
export function sumOf(duration: ConnectorDuration): string {
  return `${duration}Ms`;
}

/** The counter of how often there was one. */
export function timesOf(duration: ConnectorDuration): string {
  return `${duration}.times`;
}

/** @param scope the node's id */
export function connectorMetrics(registry: MetricRegistry, scope: string, subtask: number): ConnectorMetrics {
  return {
    count: (name) => void registry.counter(scope, name).value++,
    took: (name, ms) => {
      registry.counter(scope, sumOf(name)).value += ms;
      registry.counter(scope, timesOf(name)).value++;
    },
    level: (name, value) => void (registry.counter(`${scope}[${subtask}]`, name).value = value),
  };
}
