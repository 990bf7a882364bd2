/**
 * The trace that a job is of: BullMQ's producers with telemetry put what OpenTelemetry's propagator writes into the job's options, as
 * JSON, and its workers take it from there. Ours is W3C Trace Context's `traceparent` in it.
 */
import type { Job, JobsOptions } from 'bullmq';

/** @returns what makes a job part of the trace */
export function withTrace(traceparent: string | undefined): Pick<JobsOptions, 'telemetry'> {
  return traceparent === undefined ? {} : { telemetry: { metadata: JSON.stringify({ traceparent }) } };
}

/** Undefined where there is none, or none that could be read. */
export function traceparentOf({ opts: { telemetry } }: Pick<Job, 'opts'>): string | undefined {
  if (telemetry?.metadata === undefined) return undefined;
  try {
    const carried = JSON.parse(telemetry.metadata) as { readonly traceparent?: unknown } | null;
    return typeof carried?.traceparent === 'string' ? carried.traceparent : undefined;
  } catch {
    return undefined;
  }
}
