/**
 * The records of one task that are followed: each has a span for the task's chain of operators, and so has each alert that
 * is made of them. What the task gives out goes on in the trace of what it was made of.
 *
 *     ingress > chain > alert > chain > egress
 *
 * Invariants
 * - Where a record is in its trace is known of the object alone, and only in this task: tasks of a thread share records. So
 *   it is forgotten with the record, and also where state is written to disk and read again, or restored.
 * - An alert goes on in the trace of the last of its events that is followed, whenever it is made: what completes a pattern
 *   is its last event, and a pattern that time completes has no other. To the others' it has links.
 * - Whatever else is given out while a record is processed was made of it.
 * - Until something is followed, it costs a look at one field.
 */
import type { SpanClock } from '../tracing/span-clock.js';
import type { RecordSampler } from '../tracing/record-sampler.js';
import type { Span, SpanAttributes } from '../tracing/span.js';
import type { TraceContext } from '../tracing/trace-context.js';
import type { Tracer } from '../tracing/tracer.js';
import type { FrameElement, FrameTrace, Payload } from '../network/element.js';
import type { Key } from '../record/key.js';
import { DeadLetter } from '../record/dead-letter.js';
import type { AlertEnvelope, StreamRecord } from '../record/stream-record.js';

/** As W3C Trace Context has it. */
const HEADER = 'traceparent';
/** Of a span, as OpenTelemetry's SDKs have it. */
const LINKS_MAX = 128;

export interface FollowedTask {
  readonly job: string;
  /** The vertex. */
  readonly task: string;
  readonly subtask: number;
  /** Its rule, where it has one alone. */
  readonly rule: string | undefined;
  /** Where records come in or go out. */
  readonly kind: Span['kind'];
}

type Begun = Pick<Span, 'context' | 'parent' | 'startMs'>;

export class RecordTraces {
  readonly #contexts = new WeakMap<Payload, TraceContext>();
  readonly #attributes: SpanAttributes;
  /** What is processed now. */
  #current: Begun | undefined;
  /** Whether anything was ever followed here. */
  #isActive = false;
  /** When time last went on. */
  #steppedMs = 0;

  constructor(
    private readonly of: FollowedTask,
    private readonly tracer: Tracer,
    private readonly clock: SpanClock,
  ) {
    const { job, task, subtask, rule } = of;
    this.#attributes = {
      ...{ 'tidegate.job': job, 'tidegate.task': task, 'tidegate.subtask': subtask },
      ...(rule === undefined ? {} : { 'tidegate.rule': rule }),
    };
  }

  get sampler(): RecordSampler {
    return this.tracer.sampler;
  }

  /** A record has been read. @returns whether it is followed: then `end` tells that it is processed */
  enter(record: StreamRecord): boolean {
    // One that is late leaves in two ways.
    if (this.#isActive && this.#contexts.has(record)) return false;
    const sampled = this.sampler.sample(record.headers?.[HEADER]);
    if (sampled === undefined) return false;
    const { context, parent } = sampled;
    this.#begin(record, { context, startMs: this.clock.now(), ...(parent === undefined ? {} : { parent }) });
    return true;
  }

  /** What came from outside and is no record is taken in within the body. @param traceparent that came with it */
  take(traceparent: string | undefined, body: () => void): void {
    const sampled = this.sampler.sample(traceparent);
    if (sampled === undefined) return body();
    const { context, parent } = sampled;
    this.#isActive = true;
    this.#current = { context, startMs: this.clock.now(), ...(parent === undefined ? {} : { parent }) };
    try {
      body();
    } finally {
      this.end();
    }
  }

  /**
   * A record that is followed is processed from now on, until `end`.
   * @param from the span that gave it out
   * @returns its span here
   */
  begin(record: Payload, from: TraceContext): TraceContext {
    const context = this.tracer.ids.within(from);
    this.#begin(record, { context, parent: from.spanId, startMs: this.clock.now() });
    return context;
  }

  #begin(record: Payload, begun: Begun): void {
    this.#isActive = true;
    this.#current = begun;
    this.#contexts.set(record, begun.context);
  }

  end(): void {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    const { task: name, kind } = this.of;
    this.#export({ ...current, name, ...(kind === undefined ? {} : { kind }), attributes: this.#attributes });
  }

  /** The span that gives out what is made now; undefined: it is not followed. */
  get current(): TraceContext | undefined {
    return this.#current?.context;
  }

  /** What the body gives out is made in this span, which is another's. */
  within<T>(context: TraceContext, body: () => T): T {
    const before = this.#current;
    this.#isActive = true;
    this.#current = { context, startMs: this.clock.now() };
    try {
      return body();
    } finally {
      this.#current = before;
    }
  }

  /** Processes records of a frame of which some are followed. @param traces of these, in their order */
  each(
    { records, keys }: Pick<FrameElement, 'records' | 'keys'>,
    traces: readonly FrameTrace[],
    process: (record: StreamRecord, key: Key | undefined) => void,
  ): void {
    let next = 0;
    records.forEach((record, i) => {
      const trace = traces[next]?.index === i ? traces[next++] : undefined;
      if (trace !== undefined) this.begin(record, trace.context);
      process(record as StreamRecord, keys?.[i]);
      if (trace !== undefined) this.end();
    });
  }

  /** A watermark is processed from now on: what was waiting for it is made of other records. */
  step(): void {
    if (this.#isActive) this.#steppedMs = this.clock.now();
  }

  /** A record is given out. @returns the span that gives it out, if it is followed */
  emitted(payload: Payload): TraceContext | undefined {
    if (!this.#isActive) return undefined;
    const own = this.#contexts.get(payload);
    if (own !== undefined) return own;
    if (payload instanceof DeadLetter || payload.alert === undefined) return this.#current?.context;
    return this.#alerted(payload, payload.alert);
  }

  #alerted(record: StreamRecord, alert: AlertEnvelope): TraceContext | undefined {
    const contexts = new Set<TraceContext>();
    for (const { events } of alert.stages)
      for (const event of events) {
        const of = this.#contextOf(event);
        if (of !== undefined) contexts.add(of);
      }
    const links = [...contexts];
    const parent = links.pop();
    if (parent === undefined) return undefined;
    const context = this.tracer.ids.within(parent);
    this.#contexts.set(record, context);
    this.#export({
      ...{ context, parent: parent.spanId, name: 'alert' },
      startMs: this.#current?.startMs ?? this.#steppedMs,
      attributes: { ...this.#attributes, 'tidegate.rule': alert.rule, 'tidegate.alert': alert.id },
      ...(links.length === 0 ? {} : { links: links.slice(-LINKS_MAX) }),
    });
    return context;
  }

  /** An event may be an alert itself, that has not left the task. */
  #contextOf(event: StreamRecord): TraceContext | undefined {
    return this.#contexts.get(event) ?? (event.alert && this.#alerted(event, event.alert));
  }

  #export(span: Omit<Span, 'endMs'>): void {
    this.tracer.export({ ...span, endMs: Math.max(span.startMs, this.clock.now()) });
  }
}
