/** The traces of a job's JobMaster, where somebody wants them. */
import { JobTraces } from '../../coordinator/job-traces.js';
import { TraceIds } from '../../tracing/trace-context.js';
import { systemClock } from '../runtime/system-clock.js';
import type { Telemetry } from './telemetry.js';

/** @param shown what others may see of a text */
export function jobTraces(job: string, telemetry: Telemetry, shown: (text: string) => string): JobTraces | undefined {
  if (telemetry.traces === undefined) return undefined;
  const ids = new TraceIds({ next: () => Math.random() });
  return new JobTraces(job, ids, {
    now: () => systemClock.now(),
    export: (spans) => telemetry.export(spans),
    shown,
  });
}
