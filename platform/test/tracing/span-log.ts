/** A tracer that keeps what it is given. */
import { RecordSampler, type Sampling } from '../../src/tracing/record-sampler.js';
import type { Span } from '../../src/tracing/span.js';
import { TraceIds } from '../../src/tracing/trace-context.js';
import type { Tracer } from '../../src/tracing/tracer.js';

export const ALL: Sampling = { ratio: 1, followsParents: true };
/** Those that come with a trace. */
export const OTHERS: Sampling = { ratio: 0, followsParents: true };

export class SpanLog implements Tracer {
  readonly spans: Span[] = [];
  readonly ids: TraceIds;
  readonly sampler: RecordSampler;
  #thrown = 0;

  constructor(sampling: Sampling = ALL) {
    const dice = { next: () => (++this.#thrown % 99991) / 99991 };
    this.ids = new TraceIds(dice);
    this.sampler = new RecordSampler(sampling, this.ids, dice);
  }

  export(span: Span): void {
    this.spans.push(span);
  }

  /** The spans below one, as a tree of what is said of each; those of the roots if none is given. */
  tree(shown: (span: Span) => unknown, parent?: string): unknown[] {
    return this.spans
      .filter((span) => span.parent === parent)
      .map((span) => [shown(span), ...this.tree(shown, span.context.spanId)]);
  }
}
