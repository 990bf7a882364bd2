/** Who may ask functions over HTTP, and what they are told while the job restarts. */
import type { ArrivalTimes } from '@tidegate/connectors/http';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { isSameHolder } from '../../../../src/cli/functions/requests/port-holder.js';
import { openRequestServer } from '../../../../src/cli/functions/requests/open-request-server.js';
import { makeToken } from '../../../../src/cli/security/stored-token.js';
import { changeTokens } from '../../../../src/cli/security/token-file.js';
import type { FunctionRequest, RequestCounter } from '../../../../src/functions/requests/request-desk.js';
import type { RequestServer } from '../../../../src/functions/requests/request-server.js';
import type { RequestsDescriptor } from '../../../../src/job/function-node.js';
import { eventually } from '../../../cluster/cluster.js';
import { ask, raw, type Answer } from '../../../rest/rest-client.js';
import { MadeCertificates } from '../../security/made-certificates.js';

const PATH = '/v1/functions/shop/cart/ann';
const REQUESTS: RequestsDescriptor = {
  ...{ host: '127.0.0.1', port: 0, functions: [{ type: 'shop/cart', message: 'shop/Item' }] },
  ...{ maxBodyBytes: 1000, maxConnections: 16, waitMs: 10_000, keptMs: 10_000 },
};

/** Of a task of functions: answers at once with what it was asked, unless it is told not to. */
class Counter implements RequestCounter {
  readonly asked: FunctionRequest[] = [];
  hasRoom = true;
  isSilent = false;
  /** Absent: that of what was asked. */
  replyType: string | undefined;

  ask(asked: FunctionRequest, told: Parameters<RequestCounter['ask']>[1]): () => void {
    this.asked.push(asked);
    const argument = { ...asked.argument, typename: this.replyType ?? asked.argument.typename };
    if (!this.isSilent) queueMicrotask(() => told({ what: 'replied', argument }));
    return () => undefined;
  }
}

describe('the server of requests', () => {
  let certificates: MadeCertificates;
  let counter: Counter;
  let server: RequestServer;

  before(async () => (certificates = await MadeCertificates.create()));
  after(() => certificates.remove());
  afterEach(() => server.close());

  /** @returns where it listens */
  async function opened(requests: Partial<RequestsDescriptor>, times?: ArrivalTimes): Promise<number> {
    counter = new Counter();
    let listening: (port: number) => void;
    const port = new Promise<number>((resolve) => (listening = resolve));
    const log = (text: string): void => listening(Number(/:(\d+)\/v1/.exec(text)?.[1]));
    const opened = await openRequestServer(
      { ...REQUESTS, ...requests },
      {
        ...{ log, failpoint: () => undefined },
        ...(times && { times }),
      },
    );
    server = opened.attach((error) => assert.fail(error));
    server.serve(counter);
    return port;
  }

  const call = (port: number, asked: Parameters<typeof ask>[2] = {}): Promise<Answer> =>
    ask(port, PATH, { method: 'POST', body: { add: 1 }, ...asked });

  it('lets in who shows a token of the file, as it is now, and nobody else', async () => {
    const tokens = join(certificates.path, 'tokens.json');
    const { token, stored } = makeToken({ name: 'ann', role: 'viewer', createdAt: new Date().toISOString() });
    changeTokens(tokens, () => [stored]);
    const port = await opened({ tokens });
    const shown = (text: string) => ({ headers: { authorization: `Bearer ${text}` } });
    assert.deepEqual((await call(port, shown(token))).body, { add: 1 });
    for (const stranger of [{}, shown('none'), shown(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)]) {
      const { status, headers } = await call(port, stranger);
      assert.deepEqual([status, headers['www-authenticate']], [401, 'Bearer realm="tidegate"']);
    }
    assert.equal(counter.asked.length, 1);
  });

  it('lets call functions whoever has a token, whatever the role that it has at a coordinator', async () => {
    const tokens = join(certificates.path, 'roles.json');
    const createdAt = new Date().toISOString();
    const made = (['viewer', 'operator', 'admin'] as const).map((role) => makeToken({ name: role, role, createdAt }));
    changeTokens(tokens, () => made.map(({ stored }) => stored));
    const port = await opened({ tokens });
    for (const { token } of made)
      assert.equal((await call(port, { headers: { authorization: `Bearer ${token}` } })).status, 200);
  });

  it('says so where another program has its port, and not where another subtask has', async () => {
    const port = await opened({});
    const lines: string[] = [];
    const log = (text: string): void => void lines.push(text);
    const others = [{ type: 'shop/other', message: 'shop/Item' }];
    for (const functions of [REQUESTS.functions, others]) {
      const second = await openRequestServer({ ...REQUESTS, port, functions }, { log, failpoint: () => undefined });
      second.attach((error) => assert.fail(error)).serve(new Counter());
      if (functions === others) await eventually(() => lines.length > 0);
      else assert.equal(await isSameHolder({ ...REQUESTS, port }), true);
      await second.close();
    }
    const taken = `requests: 127.0.0.1:${port} is taken by another program; it is tried again until it is free`;
    assert.deepEqual(lines, [taken]);
  });

  it('is HTTPS where it has a certificate', async () => {
    const { certificate, key, ca } = await certificates.issue('server', { hosts: ['127.0.0.1'] });
    const port = await opened({ tls: { cert: certificate, key } });
    assert.deepEqual((await call(port, { ca: readFileSync(ca, 'utf8') })).body, { add: 1 });
    await assert.rejects(call(port));
  });

  for (const [what, text] of [
    ['head', `POST ${PATH} HTTP/1.1\r\nhost: localhost\r\nx-slow: `],
    ['body', `POST ${PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{`],
  ] as const) {
    const times = { headMs: 200, requestMs: 200 };

    it(`answers 408 to a ${what} that does not come to its end`, async () => {
      assert.match(await raw(await opened({}, times), text), /^HTTP\/1.1 408 /);
    });

    it(`answers 408 to such a ${what} where it is HTTPS, too`, async () => {
      const { certificate, key, ca } = await certificates.issue('server', { hosts: ['127.0.0.1'] });
      const port = await opened({ tls: { cert: certificate, key } }, times);
      const socket = connect({ port, host: '127.0.0.1', ca: readFileSync(ca) }, () => socket.write(text));
      let answer = '';
      for await (const piece of socket) answer += String(piece);
      assert.match(answer, /^HTTP\/1.1 408 /);
    });
  }

  it('asks for a certificate of those who ask where it has an authority for that', async () => {
    const { certificate: cert, key, ca } = await certificates.issue('server', { hosts: ['127.0.0.1'] });
    const port = await opened({ tls: { cert, key, ca } });
    const client = await certificates.issue('client');
    const read = (path: string): string => readFileSync(path, 'utf8');
    const status = (shown: { readonly cert?: string; readonly key?: string }): Promise<number> =>
      new Promise((resolve, reject) => {
        const agent = new Agent({ ca: read(ca), ...shown });
        const asked = request({ host: '127.0.0.1', port, path: PATH, method: 'POST', agent }, (response) => {
          resolve(response.resume().statusCode!);
        });
        asked.on('error', reject).end('{}');
      });
    assert.equal(await status({ cert: read(client.certificate), key: read(client.key) }), 200);
    await assert.rejects(status({}));
    assert.equal(counter.asked.length, 1);
  });

  it('says that the job restarts while it has no task, to those who wait and to those who come, and goes on with the next', async () => {
    const port = await opened({});
    counter.isSilent = true;
    const waiting = call(port);
    while (counter.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await server.close();
    for (const told of [await waiting, await call(port)]) {
      assert.deepEqual([told.status, told.headers['retry-after']], [503, '1']);
      assert.match(JSON.stringify(told.body), /restarted; ask again with the same idempotency key/);
    }
    server.serve((counter = new Counter()));
    assert.deepEqual((await call(port)).body, { add: 1 });
  });

  it('does nothing for a page of another server, also on another port of the same machine', async () => {
    const port = await opened({});
    const own = `localhost:${port}`;
    const asked = (origin: string) => call(port, { headers: { host: own, origin, 'content-type': 'text/plain' } });
    for (const origin of ['http://localhost:3000', 'http://localhost', `http://127.0.0.1:${port}`, 'null', own])
      assert.equal((await asked(origin)).status, 403, origin);
    assert.equal(counter.asked.length, 0);
    for (const origin of [`http://${own}`, `https://${own}`]) assert.equal((await asked(origin)).status, 200, origin);
  });

  it('encodes what a header cannot carry, and goes on', async () => {
    const port = await opened({});
    counter.replyType = 'shop/a\nb\u20ac';
    const { status, headers } = await call(port);
    assert.equal(status, 200);
    assert.equal(decodeURIComponent(String(headers['tidegate-type'])), 'shop/a\nb\u20ac');
  });

  it('says what there is to who asks for something else', async () => {
    const { status, body } = await ask(await opened({}), '/v1/openapi.json');
    const there = 'POST /v1/functions/NAMESPACE/NAME/ID, GET /v1/functions/NAMESPACE/NAME/ID/replies/KEY';
    const message = `there is nothing at /v1/openapi.json; there is ${there}`;
    assert.deepEqual([status, body], [404, { error: { code: 'not-found', message } }]);
  });

  it('takes no body that is encoded, and of what curl calls a form JSON alone', async () => {
    const port = await opened({});
    const send = (headers: Record<string, string>, body: string) => call(port, { headers, body });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    assert.deepEqual((await send(form, '{"add":1}')).body, { add: 1 });
    assert.equal((await send({ 'content-encoding': 'identity' }, '{"add":1}')).status, 200);
    counter.asked.length = 0;
    const encoded = await send({ 'content-encoding': 'gzip' }, '{"add":1}');
    assert.deepEqual([encoded.status, counter.asked.length], [415, 0]);
    for (const type of [form, { 'content-type': 'multipart/form-data; boundary=x' }]) {
      const { status, body } = await send(type, 'add=1');
      assert.equal(status, 415);
      assert.match(JSON.stringify(body), /-H 'content-type: application\/json'/);
    }
    assert.equal(counter.asked.length, 0);
  });

  it('takes no more while too much waits, and nothing that is too large', async () => {
    const port = await opened({});
    assert.equal((await call(port, { body: { add: 'x'.repeat(1000) } })).status, 413);
    counter.hasRoom = false;
    const { status, headers } = await call(port);
    assert.deepEqual([status, headers['retry-after']], [503, '1']);
    assert.equal(counter.asked.length, 0);
  });
});
