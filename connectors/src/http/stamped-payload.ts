/** Payloads in the log of an ingress whose senders wait: with the name of the request that each came with. */

const REQUEST = 'tidegate.request';
const PAYLOAD = 'tidegate.payload';

export interface ReadPayload {
  /** Undefined: who sent it did not wait. */
  readonly request: string | undefined;
  readonly payload: unknown;
}

/** @param payload of JSON: a text or a value */
export function stamped(request: string, payload: unknown): unknown {
  return { [REQUEST]: request, [PAYLOAD]: payload };
}

export function readStamped(payload: unknown): ReadPayload {
  if (typeof payload !== 'object' || payload === null || !Object.hasOwn(payload, REQUEST))
    return { request: undefined, payload };
  const { [REQUEST]: request, [PAYLOAD]: inner } = payload as {
    readonly [REQUEST]: string;
    readonly [PAYLOAD]: unknown;
  };
  return { request, payload: inner };
}
