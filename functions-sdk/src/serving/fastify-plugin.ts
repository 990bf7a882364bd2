/**
 * Functions as a Fastify plug-in: `app.register(fastifyPlugin([greeter]), { prefix: '/statefun' })`. Fastify reads the
 * bodies and limits them; its own limit counts too (`bodyLimit`, raised here for these routes).
 */
import type { AnyFunction } from '../function/function-set.js';
import { SHARED_REQUEST_TYPE } from '../wire/shared-request.js';
import { HttpEndpoint, STATEFUN_TYPE, type EndpointOptions } from './http-endpoint.js';

/** As much of Fastify as the plug-in uses, so that its types are not needed where Fastify is not. */
export interface FastifyLike {
  hasContentTypeParser(contentType: string): boolean;
  removeContentTypeParser(contentType: string): unknown;
  addContentTypeParser(
    contentType: string[],
    options: { parseAs: 'buffer'; bodyLimit: number },
    parser: (request: unknown, body: Buffer, done: (error: Error | null, body?: Buffer) => void) => void,
  ): unknown;
  route(options: {
    method: ('GET' | 'POST')[];
    url: string;
    bodyLimit: number;
    handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>;
  }): unknown;
}

export interface FastifyRequestLike {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

export interface FastifyReplyLike {
  code(status: number): unknown;
  headers(headers: Record<string, string>): unknown;
  send(body: Buffer): unknown;
}

export function fastifyPlugin(
  functions: readonly AnyFunction[],
  options: EndpointOptions = {},
): (app: FastifyLike, options: object, done: () => void) => void {
  const endpoint = new HttpEndpoint(functions, options);
  const bodyLimit = endpoint.maxBodyBytes;
  return (app, _options, done) => {
    const parser = (_request: unknown, body: Buffer, parsed: (error: Error | null, body?: Buffer) => void): void =>
      parsed(null, body);
    // The application may have parsers of its own for these, which stay: what is registered has copies of its own.
    for (const type of [STATEFUN_TYPE, SHARED_REQUEST_TYPE])
      if (app.hasContentTypeParser(type)) app.removeContentTypeParser(type);
    app.addContentTypeParser([STATEFUN_TYPE, SHARED_REQUEST_TYPE], { parseAs: 'buffer', bodyLimit }, parser);
    app.route({
      method: ['GET', 'POST'],
      url: '/',
      bodyLimit,
      handler: async (request, reply) => {
        const head = { method: request.method, header: (name: string) => headerOf(request, name) };
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const answer = endpoint.refuse(head) ?? (await endpoint.answer({ ...head, body }));
        reply.code(answer.status);
        reply.headers({ ...answer.headers });
        return reply.send(Buffer.from(answer.body));
      },
    });
    done();
  };
}

function headerOf(request: FastifyRequestLike, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.join(',');
}
