/** A span as OpenTelemetry's exporters take it. */
import { SpanKind, SpanStatusCode, TraceFlags, type HrTime, type SpanContext } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Span } from '../../tracing/span.js';

export function readableSpan(span: Span, resource: Resource, scope: string): ReadableSpan {
  const { context, parent, name, startMs, endMs, attributes, failure } = span;
  const contextOf = (spanId: string): SpanContext => {
    return { traceId: context.traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  };
  return {
    name,
    kind: SpanKind.INTERNAL,
    spanContext: () => contextOf(context.spanId),
    ...(parent === undefined ? {} : { parentSpanContext: contextOf(parent) }),
    startTime: timeOf(startMs),
    endTime: timeOf(endMs),
    duration: timeOf(endMs - startMs),
    status: failure === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: failure },
    attributes: { ...attributes },
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: scope },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Seconds and nanoseconds. */
function timeOf(ms: number): HrTime {
  const nanos = Math.round((ms % 1000) * 1e6);
  return [Math.floor(ms / 1000), nanos];
}
