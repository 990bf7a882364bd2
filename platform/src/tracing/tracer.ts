/** Who takes the spans of what runs here, and names them. Absent where nobody wants them. */
import type { Span } from './span.js';
import type { TraceIds } from './trace-context.js';

export interface Tracer {
  readonly ids: TraceIds;
  export(span: Span): void;
}
