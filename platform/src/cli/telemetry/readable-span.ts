/** A span as OpenTelemetry's exporters take it. */
import { SpanKind, SpanStatusCode, TraceFlags, type HrTime, type SpanContext } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Span } from '../../tracing/span.js';
import type { TraceContext } from '../../tracing/trace-context.js';

const KINDS = { consumer: SpanKind.CONSUMER, producer: SpanKind.PRODUCER } as const;

export function readableSpan(span: Span, resource: Resource, scope: string): ReadableSpan {
  const { context, parent, name, kind, startMs, endMs, attributes, links = [], failure } = span;
  return {
    name,
    kind: kind === undefined ? SpanKind.INTERNAL : KINDS[kind],
    spanContext: () => sampled(context),
    ...(parent === undefined ? {} : { parentSpanContext: sampled({ ...context, spanId: parent }) }),
    startTime: timeOf(startMs),
    endTime: timeOf(endMs),
    duration: timeOf(endMs - startMs),
    status: failure === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: failure },
    attributes: { ...attributes },
    links: links.map((link) => ({ context: sampled(link) })),
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: scope },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function sampled({ traceId, spanId }: TraceContext): SpanContext {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}

/** Seconds and nanoseconds. */
function timeOf(ms: number): HrTime {
  const nanos = Math.round((ms % 1000) * 1e6);
  return [Math.floor(ms / 1000), nanos];
}
