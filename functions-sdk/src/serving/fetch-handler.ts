/** Functions as `Request` to `Response`: for servers and platforms that speak the Fetch standard. */
import type { AnyFunction } from '../function/function-set.js';
import { HttpEndpoint, type EndpointOptions, type EndpointReply } from './http-endpoint.js';

export type FetchHandler = (request: Request) => Promise<Response>;

export function fetchHandler(functions: readonly AnyFunction[], options: EndpointOptions = {}): FetchHandler {
  const endpoint = new HttpEndpoint(functions, options);
  return async (request) => {
    const head = { method: request.method, header: (name: string) => request.headers.get(name) ?? undefined };
    const refusal = endpoint.refuse(head);
    if (refusal !== undefined) return toResponse(refusal);
    const body = await readUpTo(endpoint.maxBodyBytes, request.body);
    if (body === undefined) return toResponse(endpoint.tooLarge());
    return toResponse(await endpoint.answer({ ...head, body }));
  };
}

/** undefined if there is more; the rest is not read. */
async function readUpTo(limit: number, stream: ReadableStream<Uint8Array> | null): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (stream !== null) {
    // Leaving the loop cancels the stream.
    for await (const chunk of stream) {
      length += chunk.byteLength;
      if (length > limit) return undefined;
      chunks.push(chunk);
    }
  }
  return Buffer.concat(chunks, length);
}

function toResponse({ status, headers, body }: EndpointReply): Response {
  return new Response(body.slice(), { status, headers });
}
