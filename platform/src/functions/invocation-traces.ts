/**
 * The invocations that followed messages lead to: each has a span, from its call to what came of it, and what came of it goes
 * on in its trace.
 *
 * Invariants
 * - An invocation is in the trace of the last of its messages that is followed, as an alert is in that of its last event. To
 *   the others' it has links.
 * - Where a message is in its trace is known of the object alone: it is forgotten where messages are put into state and read
 *   again, or restored, and of those that are delayed.
 * - Of an invocation that is not followed nothing is made.
 */
import type { SpanClock } from '../tracing/span-clock.js';
import type { Span } from '../tracing/span.js';
import type { TraceContext } from '../tracing/trace-context.js';
import type { Tracer } from '../tracing/tracer.js';
import type { CallPart } from './call-dispatcher.js';
import type { WaitingMessage } from './function-message.js';

/** What the task gives out now, as far as it is followed. */
export interface CurrentTrace {
  readonly current: TraceContext | undefined;
  /** What the body gives out goes on in this span. */
  within<T>(context: TraceContext, body: () => T): T;
}

type Begun = Pick<Span, 'context' | 'parent' | 'startMs' | 'links'>;

/** Of a span, as OpenTelemetry's SDKs have it. */
const LINKS_MAX = 128;

export class InvocationTraces {
  readonly #contexts = new WeakMap<WaitingMessage, TraceContext>();
  readonly #begun = new WeakMap<CallPart, Begun>();
  /** Whether anything was ever followed here. */
  #isActive = false;

  /** @param attributes of every span */
  constructor(
    private readonly tracer: Tracer,
    private readonly clock: SpanClock,
    private readonly trace: CurrentTrace,
    private readonly attributes: Span['attributes'],
  ) {}

  /** A message has come of what the task gives out now. */
  arrived(message: WaitingMessage): void {
    const { current } = this.trace;
    if (current === undefined) return;
    this.#isActive = true;
    this.#contexts.set(message, current);
  }

  /** They are called for. @returns where the call stands in its trace; undefined where it is in none */
  begin(part: CallPart): TraceContext | undefined {
    if (!this.#isActive) return undefined;
    const contexts = new Set(part.messages.flatMap((message) => this.#contexts.get(message) ?? []));
    const links = [...contexts];
    const parent = links.pop();
    if (parent === undefined) return undefined;
    const context = this.tracer.ids.within(parent);
    this.#begun.set(part, {
      ...{ context, parent: parent.spanId, startMs: this.clock.now() },
      ...(links.length === 0 ? {} : { links: links.slice(-LINKS_MAX) }),
    });
    return context;
  }

  /** What came of the invocation comes about within the body. */
  within<T>(part: CallPart, body: () => T): T {
    const begun = this.#isActive ? this.#begun.get(part) : undefined;
    return begun === undefined ? body() : this.trace.within(begun.context, body);
  }

  /** @param failure why nothing came of it */
  end(part: CallPart, failure: string | undefined): void {
    const begun = this.#isActive ? this.#begun.get(part) : undefined;
    if (begun === undefined) return;
    this.#begun.delete(part);
    const { type } = part.address;
    this.tracer.export({
      ...{ ...begun, name: 'invocation', endMs: Math.max(begun.startMs, this.clock.now()) },
      attributes: {
        ...this.attributes,
        'tidegate.function': type.descriptor.type,
        'tidegate.messages': part.messages.length,
      },
      ...(failure === undefined ? {} : { failure }),
    });
  }
}
