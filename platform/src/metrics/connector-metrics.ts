/** What connectors tell of themselves, counted in a job's registry under the ingress or egress that they work for. */
import type { ConnectorDuration, ConnectorMetrics } from '@tidegate/connectors/api';
import { CONNECTOR_DURATIONS } from './collected-histograms.js';
import { CountedHistogram } from './counted-histogram.js';
import type { MetricRegistry } from './registry.js';

/** @param scope the node's id */
export function connectorMetrics(registry: MetricRegistry, scope: string, subtask: number): ConnectorMetrics {
  // Those that are never told of are not there.
  const durations = new Map<ConnectorDuration, CountedHistogram>();
  const histogram = (name: ConnectorDuration): CountedHistogram => {
    let found = durations.get(name);
    if (found === undefined)
      durations.set(name, (found = new CountedHistogram(registry, scope, CONNECTOR_DURATIONS[name])));
    return found;
  };
  return {
    count: (name) => void registry.counter(scope, name).value++,
    took: (name, ms) => histogram(name).record(ms / 1000),
    level: (name, value) => void (registry.counter(`${scope}[${subtask}]`, name).value = value),
  };
}
