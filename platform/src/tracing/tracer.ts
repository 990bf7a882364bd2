/** Who takes the spans of what runs here, and names them. Absent where nobody wants them. */
import type { RecordSampler } from './record-sampler.js';
import type { Span } from './span.js';
import type { TraceIds } from './trace-context.js';

export interface Tracer {
  readonly ids: TraceIds;
  /** Decides at ingresses. What was followed elsewhere is followed on. */
  readonly sampler: RecordSampler;
  export(span: Span): void;
}
