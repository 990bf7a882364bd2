/**
 * Gathers spans, and hands them on now and then.
 *
 * Invariants
 * - It holds no more than SPANS_MAX: beyond that they are lost, and not what they tell of.
 * - Nothing waits for it: a timer runs only while it holds spans.
 */
import type { Clock } from '../../common/clock.js';
import { RecordSampler, type Sampling } from '../../tracing/record-sampler.js';
import type { Span } from '../../tracing/span.js';
import { TraceIds } from '../../tracing/trace-context.js';
import type { Tracer } from '../../tracing/tracer.js';

const BATCH_MS = 200;
const SPANS_MAX = 4096;
const DICE = { next: () => Math.random() };

export class BatchingTracer implements Tracer {
  readonly ids = new TraceIds(DICE);
  readonly sampler: RecordSampler;
  #spans: Span[] = [];

  constructor(
    private readonly clock: Pick<Clock, 'schedule'>,
    sampling: Sampling,
    private readonly handOn: (spans: readonly Span[]) => void,
  ) {
    this.sampler = new RecordSampler(sampling, this.ids, DICE);
  }

  export(span: Span): void {
    if (this.#spans.length === SPANS_MAX) return;
    if (this.#spans.length === 0) this.clock.schedule(BATCH_MS, () => this.flush());
    this.#spans.push(span);
  }

  flush(): void {
    const spans = this.#spans;
    this.#spans = [];
    if (spans.length > 0) this.handOn(spans);
  }
}
