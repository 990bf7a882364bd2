/** Where the trace of a request's sender stands (W3C Trace Context). */
import type { IncomingHttpHeaders } from 'node:http';

/** Of every version: what a later one has besides stands behind these. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]{0,100})?$/;

/** Undefined for what is not of its form: it is stored with what came. */
export function traceparentIn({ traceparent }: IncomingHttpHeaders): string | undefined {
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined;
}
