/** One contract for every way of serving: a real server of each, asked with `fetch`. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { fastifyPlugin, fetchHandler, nodeListener, serve, signedBy, type EndpointOptions } from '../../src/index.js';
import { sign, SIGNATURE_HEADER } from '../../src/signature.js';
import { decodeSharedReplies, encodeSharedRequest, SHARED_REQUEST_TYPE } from '../../src/wire/shared-request.js';
import { greeter, greeting, greetingBytes, OCTETS, quiet, textsOf } from './greeter.js';

interface Served {
  readonly url: string;
  close(): Promise<void>;
}

type Way = (options: EndpointOptions) => Promise<Served>;

async function listening(server: Server, path = '/'): Promise<Served> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}${path}`, close };
}

/** A server of nothing but the Fetch standard's values. */
function fetchServer(handler: (request: Request) => Promise<Response>): RequestListener {
  return (request, response) => {
    const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
    const body =
      request.method === 'POST' ? { body: request as unknown as ReadableStream, duplex: 'half' as const } : {};
    void handler(new Request('http://test/', { method: request.method ?? 'GET', headers, ...body })).then(
      async (reply) => {
        response.writeHead(reply.status, Object.fromEntries(reply.headers));
        response.end(Buffer.from(await reply.arrayBuffer()));
      },
    );
  };
}

const WAYS: Record<string, Way> = {
  'serve()': (options) => serve([greeter], { ...options, port: 0, stopOn: [] }),
  'node:http': (options) => listening(createServer(nodeListener([greeter], options))),
  Express: (options) => {
    const app = express();
    app.use('/statefun', nodeListener([greeter], options));
    return listening(createServer(app), '/statefun');
  },
  'Express behind express.raw()': (options) => {
    const app = express();
    app.use(express.raw({ type: () => true, limit: '10mb' }));
    app.use('/statefun', nodeListener([greeter], options));
    return listening(createServer(app), '/statefun');
  },
  Fastify: async (options) => {
    const app = fastify();
    await app.register(fastifyPlugin([greeter], options), { prefix: '/statefun' });
    return { url: `${await app.listen({ port: 0, host: '127.0.0.1' })}/statefun`, close: () => app.close() };
  },
  'Fastify that parses such bodies itself': async (options) => {
    const app = fastify();
    app.addContentTypeParser('application/octet-stream', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    );
    await app.register(fastifyPlugin([greeter], options), { prefix: '/statefun' });
    app.post('/own', async ({ body }) => body);
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const own = await fetch(`${url}/own`, { method: 'POST', headers: OCTETS, body: 'as ever' });
    assert.equal(await own.text(), 'as ever');
    return { url: `${url}/statefun`, close: () => app.close() };
  },
  'a fetch handler': (options) => listening(createServer(fetchServer(fetchHandler([greeter], options)))),
};

const SECRET = 'a secret of the platform';

async function post(url: string, body: Uint8Array, headers: Record<string, string> = OCTETS): Promise<Response> {
  return fetch(url, { method: 'POST', body: body as Uint8Array<ArrayBuffer>, headers });
}

for (const [name, way] of Object.entries(WAYS)) {
  describe(`functions behind ${name}`, () => {
    let served: Served;
    const start = async (options: EndpointOptions): Promise<string> => {
      served = await way({ ...quiet, ...options });
      return served.url;
    };
    afterEach(() => served.close());

    it('answer a batch with its effects', async () => {
      const reply = await post(await start({}), greetingBytes('1', 'Ann', 'Bob'));
      assert.deepEqual([reply.status, reply.headers.get('content-type')], [200, 'application/octet-stream']);
      assert.deepEqual(textsOf(new Uint8Array(await reply.arrayBuffer())), ['Hello Ann', 'Hello Bob']);
    });

    it('answer many requests on one connection', async () => {
      const url = await start({});
      for (let i = 0; i < 20; i++) {
        const reply = await post(url, greetingBytes(String(i), `n${i}`));
        assert.deepEqual(textsOf(new Uint8Array(await reply.arrayBuffer())), [`Hello n${i}`]);
      }
    });

    it('answer several addresses in one request, each for itself', async () => {
      const body = encodeSharedRequest([greeting('1', 'Ann'), greeting('2', 'crash'), greeting('3', 'Eve')]);
      const reply = await post(await start({}), body, { 'content-type': SHARED_REQUEST_TYPE });
      assert.deepEqual([reply.status, reply.headers.get('content-type')], [200, SHARED_REQUEST_TYPE]);
      const replies = decodeSharedReplies(new Uint8Array(await reply.arrayBuffer()));
      assert.deepEqual(
        replies.map((one) => (one.kind === 'failure' ? JSON.parse(one.problem).detail : one.kind)),
        ['result', 'broken', 'result'],
      );
    });

    it('say what failed, where, and whether a retry helps', async () => {
      const reply = await post(await start({}), greetingBytes('7', 'Ann', 'crash'));
      assert.deepEqual([reply.status, reply.headers.get('content-type')], [500, 'application/problem+json']);
      assert.deepEqual(await reply.json(), {
        type: 'urn:tidegate:functions:handler-failed',
        title: 'The function failed',
        status: 500,
        detail: 'broken',
        code: 'handler-failed',
        retriable: true,
        function: 'test/greeter',
        id: '7',
        invocation: 1,
      });
    });

    it('show the stack when they are told to', async () => {
      const reply = await post(await start({ showStacks: true }), greetingBytes('7', 'crash with a cause'));
      assert.match(
        ((await reply.json()) as { stack: string }).stack,
        /^TypeError: broken\n.*greeter.*caused by Error: no ledger/s,
      );
    });

    it('say when to come again', async () => {
      const reply = await post(await start({}), greetingBytes('1', 'later'));
      assert.deepEqual([reply.status, reply.headers.get('retry-after')], [503, '2']);
    });

    it('refuse what is not the protocol', async () => {
      const url = await start({});
      const malformed = await post(url, Buffer.from('a206ff', 'hex'));
      assert.deepEqual(
        [malformed.status, ((await malformed.json()) as { code: string }).code],
        [400, 'malformed-request'],
      );
      assert.equal((await post(url, Buffer.alloc(0))).status, 400);
      assert.equal((await post(url, Buffer.from('{}'), { 'content-type': 'text/plain' })).status, 415);
    });

    it('refuse a body beyond the limit', async () => {
      const reply = await post(await start({ maxBodyBytes: 1000 }), greetingBytes('1', 'x'.repeat(2000)));
      assert.equal(reply.status, 413);
    });

    it('describe themselves', async () => {
      const reply = await fetch(await start({}));
      assert.equal(reply.status, 200);
      const { functions } = (await reply.json()) as { functions: unknown };
      const accepts = ['io.statefun.types/string'];
      assert.deepEqual(functions, [{ type: 'test/greeter', state: [], accepts, acceptsOthers: false }]);
    });

    it('answer those alone who sign', async () => {
      const url = await start({ authenticate: signedBy({ secrets: [SECRET] }) });
      const body = greetingBytes('1', 'Ann');
      const signed = { ...OCTETS, [SIGNATURE_HEADER]: sign([SECRET], body, Date.now()) };
      assert.equal((await post(url, body, signed)).status, 200);
      assert.equal((await post(url, greetingBytes('1', 'Bob'), signed)).status, 401);
      assert.equal((await post(url, body)).status, 401);
      assert.equal((await fetch(url)).status, 401);
    });
  });
}
