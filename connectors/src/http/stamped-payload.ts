/**
 * Payloads in the log of an ingress, with what else is known of how they came: the name of the request of a sender who waits, and
 * where the sender's trace stands.
 *
 * Invariants
 * - Nobody who sends a record can have it read as stamped.
 */
const REQUEST = 'tidegate.request';
const TRACE = 'tidegate.traceparent';
const PAYLOAD = 'tidegate.payload';

export interface Stamp {
  /** Undefined: who sent it did not wait. */
  readonly request: string | undefined;
  /** As W3C Trace Context has it. */
  readonly traceparent: string | undefined;
}

export interface ReadPayload extends Stamp {
  readonly payload: unknown;
}

interface Stamped {
  readonly [REQUEST]?: string;
  readonly [TRACE]?: string;
  readonly [PAYLOAD]: unknown;
}

/** @param payload of JSON: a text or a value */
export function stamped(payload: unknown, { request, traceparent }: Stamp): unknown {
  if (request === undefined && traceparent === undefined && !isStamped(payload)) return payload;
  return {
    ...(request === undefined ? {} : { [REQUEST]: request }),
    ...(traceparent === undefined ? {} : { [TRACE]: traceparent }),
    [PAYLOAD]: payload,
  } satisfies Stamped;
}

export function readStamped(payload: unknown): ReadPayload {
  if (!isStamped(payload)) return { request: undefined, traceparent: undefined, payload };
  const { [REQUEST]: request, [TRACE]: traceparent, [PAYLOAD]: inner } = payload;
  return { request, traceparent, payload: inner };
}

function isStamped(payload: unknown): payload is Stamped {
  return typeof payload === 'object' && payload !== null && Object.hasOwn(payload, PAYLOAD);
}
