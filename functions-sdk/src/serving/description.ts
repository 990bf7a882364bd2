/**
 * What an endpoint says of itself when asked with GET: which functions it has, with their state and messages, and which
 * extensions of the protocol it speaks. Apache StateFun never asks; a platform that does can register state before the
 * first call and send several addresses in one request.
 */
import type { FunctionDefinition } from '../function/stateful-function.js';
import { SHARED_REQUEST_TYPE } from '../wire/shared-request.js';

export const DESCRIPTION_TYPE = 'application/vnd.tidegate.functions+json';

export interface EndpointDescription {
  readonly protocol: 'io.statefun.sdk.reqreply';
  readonly functions: readonly FunctionDescription[];
  readonly limits: { readonly maxBodyBytes: number };
  readonly extensions: {
    /** Requests of this content type hold batches of several addresses; see `wire/shared-request.ts`. */
    readonly sharedRequests: { readonly contentType: string };
  };
}

export interface FunctionDescription {
  readonly type: string;
  readonly state: readonly {
    readonly name: string;
    readonly type: string;
    readonly expiration?: { readonly after: 'write' | 'call'; readonly ms: number };
    /** The type of the message when it expires. */
    readonly onExpiry?: string;
    /** Whether it is brought in parts. */
    readonly isInParts?: true;
    /** What the parts make. */
    readonly parts?: 'list' | 'map';
  }[];
  /** Names of the types of messages that have a handler. */
  readonly accepts: readonly string[];
  /** Whether messages of other types are handled too. */
  readonly acceptsOthers: boolean;
}

export function describe(definitions: readonly FunctionDefinition[], maxBodyBytes: number): EndpointDescription {
  return {
    protocol: 'io.statefun.sdk.reqreply',
    functions: definitions.map(({ type, states, handlers, fallback }) => ({
      type,
      state: states.map(({ spec: { name, typename, expiration, onExpiry, isInParts, parts } }) => ({
        name,
        type: typename,
        ...(expiration === undefined ? {} : { expiration }),
        ...(onExpiry === undefined ? {} : { onExpiry }),
        ...(isInParts === undefined ? {} : { isInParts }),
        ...(parts === undefined ? {} : { parts }),
      })),
      accepts: [...handlers.keys()],
      acceptsOthers: fallback !== undefined,
    })),
    limits: { maxBodyBytes },
    extensions: { sharedRequests: { contentType: SHARED_REQUEST_TYPE } },
  };
}
