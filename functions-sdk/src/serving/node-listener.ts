/**
 * Functions behind `node:http`, and behind everything that passes on its requests: Connect, Express.
 *
 * Invariants
 * - A body is read up to the limit and not further; of one that is refused the rest is not read: the connection ends.
 * - A request that breaks off has no effect: it never reaches a function.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FunctionError } from '../function/function-error.js';
import type { AnyFunction } from '../function/function-set.js';
import { HttpEndpoint, type EndpointOptions, type EndpointReply, type RequestHead } from './http-endpoint.js';

export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void;

/** A listener for `http.createServer`, or a handler for Express: `app.use('/statefun', nodeListener([greeter]))`. */
export function nodeListener(functions: readonly AnyFunction[], options: EndpointOptions = {}): NodeListener {
  return toListener(new HttpEndpoint(functions, options));
}

export function toListener(endpoint: HttpEndpoint): NodeListener {
  return (request, response) => {
    const head: RequestHead = { method: request.method ?? 'GET', header: (name) => headerOf(request, name) };
    const refusal = endpoint.refuse(head);
    if (refusal !== undefined) return refuseUnread(response, refusal);
    const parsed = (request as { body?: unknown }).body;
    if (parsed instanceof Uint8Array) return respond(endpoint, head, parsed, response);
    if (request.readableEnded && head.method === 'POST') return send(response, endpoint.fail(bodyConsumed()));
    readBody(request, response, endpoint, head);
  };
}

/** Events instead of an async iterator: a batch comes in one or two chunks, a thousand times a second. */
function readBody(request: IncomingMessage, response: ServerResponse, endpoint: HttpEndpoint, head: RequestHead): void {
  const chunks: Buffer[] = [];
  let length = 0;
  const onData = (chunk: Buffer): void => {
    length += chunk.length;
    if (length <= endpoint.maxBodyBytes) return void chunks.push(chunk);
    request.off('data', onData);
    request.off('end', onEnd);
    refuseUnread(response, endpoint.tooLarge());
  };
  const onEnd = (): void =>
    respond(endpoint, head, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length), response);
  request.on('data', onData);
  request.on('end', onEnd);
  // The connection broke: there is nobody to answer.
  request.on('error', () => response.destroy());
}

function respond(endpoint: HttpEndpoint, head: RequestHead, body: Uint8Array, response: ServerResponse): void {
  const reply = endpoint.answer({ ...head, body });
  if (!(reply instanceof Promise)) return send(response, reply);
  // A rejection that nobody catches would end the process, and with it all that others wait for.
  reply
    .then((settled) => send(response, settled))
    .catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, endpoint.fail(error));
    });
}

function send(response: ServerResponse, { status, headers, body }: EndpointReply): void {
  response.writeHead(status, { ...headers, 'content-length': body.byteLength });
  response.end(body);
}

function refuseUnread(response: ServerResponse, reply: EndpointReply): void {
  send(response, { ...reply, headers: { ...reply.headers, connection: 'close' } });
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.join(',');
}

function bodyConsumed(): FunctionError {
  return new FunctionError('body-consumed', 'a body parser read the request first: mount the functions before it');
}
