/** The client against servers of `functions-sdk`: shared requests, descriptions, signatures, TLS, unix sockets. */
import assert from 'node:assert/strict';
import {
  nodeListener,
  Reject,
  RetryLater,
  serve,
  signedBy,
  statefulFunction,
  types,
  type FunctionServer,
} from '@tidegate/functions-sdk';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpFunctionClient } from '../../../src/cli/functions/http-function-client.js';
import { MadeCertificates } from '../security/made-certificates.js';
import { callAll, callOne, describeEndpoint, endpointAt, newClient, sentTexts, Servers, textBatch } from './calling.js';

const greeter = statefulFunction('example/greeter').on(types.string, (context, name) => {
  if (name === 'reject') throw new Reject('not that name');
  if (name === 'later') throw new RetryLater('not now', 1200);
  context.send({ type: 'example/inbox', id: context.self.id }, types.string, `Hello ${name}`);
});
const quiet = { onError: () => undefined, stopOn: [], port: 0 } as const;
const SECRET = 'a secret of some length';

describe('a client of functions that are served by the SDK', () => {
  const servers = new Servers();
  let server: FunctionServer | undefined;
  let client: HttpFunctionClient;

  beforeEach(() => {
    client = newClient();
  });
  afterEach(async () => {
    await client.close();
    await server?.close();
    server = undefined;
    await servers.close();
  });

  it('reads what the endpoint says of itself', async () => {
    server = await serve([greeter], quiet);
    const told = await describeEndpoint(client, endpointAt(server.url));
    assert.ok(!('kind' in told));
    assert.deepEqual(
      told.functions.map(({ type }) => type),
      ['example/greeter'],
    );
  });

  const silent: readonly [what: string, status: number, type: string, body: string][] = [
    ['404', 404, 'text/plain', 'nothing'],
    ['405', 405, 'text/plain', ''],
    ['a page', 200, 'text/html', '<p>'],
    ['a document that is none', 200, 'application/vnd.tidegate.functions+json', '{"protocol":'],
    ['one of another protocol', 200, 'application/vnd.tidegate.functions+json', '{"protocol":"x"}'],
  ];
  for (const [what, status, type, body] of silent) {
    it(`takes ${what} for an endpoint that does not describe itself`, async () => {
      const url = await servers.http((_request, response) => {
        response.writeHead(status, { 'content-type': type }).end(body);
      });
      const told = await describeEndpoint(client, endpointAt(url));
      assert.ok('kind' in told && told.status === 404);
    });
  }

  it('tells a description that could not be had from one that is not there', async () => {
    const url = await servers.http((_request, response) => {
      response.writeHead(503, { 'retry-after': '2' }).end();
    });
    const told = await describeEndpoint(client, endpointAt(url));
    assert.ok('kind' in told);
    assert.deepEqual([told.status, told.retriable, told.retryAfterMs], [503, true, 2000]);
  });

  it('sends the batches of several addresses in one request, each answered for itself', async () => {
    let requests = 0;
    const listener = nodeListener([greeter], quiet);
    const url = await servers.http((request, response) => {
      requests += 1;
      listener(request, response);
    });
    const batches = [textBatch('ann', 'Ann', 'Anna'), textBatch('bob', 'reject'), textBatch('cy', 'Cy')];
    const [ann, bob, cy] = await callAll(client, endpointAt(url), batches);
    assert.deepEqual([sentTexts(ann!), sentTexts(cy!)], [['Hello Ann', 'Hello Anna'], ['Hello Cy']]);
    assert.ok(bob?.kind === 'failure');
    assert.deepEqual([bob.status, bob.retriable, bob.invocation], [422, false, 0]);
    assert.match(bob.message, /answered 422, rejected: not that name/);
    assert.equal(requests, 1);
  });

  it('sends them one by one where the endpoint does not know shared requests any more', async () => {
    const types: unknown[] = [];
    const listener = nodeListener([greeter], quiet);
    const url = await servers.http((request, response) => {
      types.push(request.headers['content-type']);
      if (request.headers['content-type'] === 'application/octet-stream') listener(request, response);
      else request.resume().once('end', () => response.writeHead(415).end());
    });
    const outcomes = await callAll(client, endpointAt(url), [textBatch('ann', 'Ann'), textBatch('bob', 'Bob')]);
    assert.deepEqual(outcomes.map(sentTexts), [['Hello Ann'], ['Hello Bob']]);
    assert.deepEqual(types.slice(1), ['application/octet-stream', 'application/octet-stream']);
  });

  it('gives every batch of a shared request the failure of the request', async () => {
    const url = await servers.http((request, response) => {
      request.resume().once('end', () => response.writeHead(429, { 'retry-after': '3' }).end());
    });
    const outcomes = await callAll(client, endpointAt(url), [textBatch('ann', 'Ann'), textBatch('bob', 'Bob')]);
    assert.deepEqual(
      outcomes.map((one) => one.kind === 'failure' && [one.status, one.retriable, one.retryAfterMs]),
      [
        [429, true, 3000],
        [429, true, 3000],
      ],
    );
  });

  it('calls each function of a shared call at the URL of its own, where they have some', async () => {
    const paths: unknown[] = [];
    const listener = nodeListener([greeter], quiet);
    const url = await servers.http((request, response) => {
      paths.push(request.url);
      listener(request, response);
    });
    const endpoint = endpointAt(`${url}/{function.name}`);
    const outcomes = await callAll(client, endpoint, [textBatch('ann', 'Ann'), textBatch('bob', 'Bob')]);
    assert.deepEqual(outcomes.map(sentTexts), [['Hello Ann'], ['Hello Bob']]);
    assert.deepEqual(paths, ['/greeter', '/greeter']);
    const told = await describeEndpoint(client, endpoint);
    assert.ok('kind' in told && told.status === 404);
  });

  it('says which message of a batch failed, why, and when to come again', async () => {
    server = await serve([greeter], quiet);
    const outcome = await callOne(client, endpointAt(server.url), textBatch('ann', 'Ann', 'later'));
    assert.ok(outcome.kind === 'failure');
    const { status, retriable, invocation, retryAfterMs, message } = outcome;
    assert.deepEqual([status, retriable, invocation, retryAfterMs], [503, true, 1, 1200]);
    assert.match(message, /answered 503, retry-later: .*not now/);
  });

  it('says so of one address of a shared request, too', async () => {
    server = await serve([greeter], quiet);
    const endpoint = endpointAt(server.url);
    await describeEndpoint(client, endpoint);
    const outcomes = await callAll(client, endpoint, [textBatch('ann', 'Ann'), textBatch('bob', 'later')]);
    assert.deepEqual(
      outcomes.map((one) => one.kind === 'failure' && [one.status, one.retriable, one.invocation, one.retryAfterMs]),
      [false, [503, true, 0, 1200]],
    );
  });

  it('does not send what the endpoint has said that it does not take', async () => {
    server = await serve([greeter], { ...quiet, maxBodyBytes: 200 });
    const endpoint = endpointAt(server.url);
    await describeEndpoint(client, endpoint);
    const large = textBatch('ann', 'x'.repeat(200));
    const outcomes = await callAll(client, endpoint, [large, textBatch('bob', 'Bob')]);
    assert.ok(outcomes[0]?.kind === 'failure' && !outcomes[0].retriable);
    assert.match(outcomes[0].message, /the request has \d+ bytes, the endpoint takes 200/);
    assert.deepEqual(sentTexts(outcomes[1]!), ['Hello Bob']);
  });

  it('signs its requests with each secret', async () => {
    server = await serve([greeter], { ...quiet, authenticate: signedBy({ secrets: [SECRET] }) });
    const secrets = ['another secret, to come', SECRET];
    assert.deepEqual(sentTexts(await callOne(client, endpointAt(server.url, { secrets }))), ['Hello Ann']);
    const unsigned = await callOne(client, endpointAt(server.url, { id: 'unsigned' }));
    assert.ok(unsigned.kind === 'failure' && unsigned.status === 401 && !unsigned.retriable);
  });

  it('signs what asks for the description, too', async () => {
    const failures: unknown[] = [];
    const onError = (error: Error): void => void failures.push(error.message);
    server = await serve([greeter], { ...quiet, onError, authenticate: signedBy({ secrets: [SECRET] }) });
    const told = await describeEndpoint(client, endpointAt(server.url, { secrets: [SECRET] }));
    assert.ok(!('kind' in told));
    assert.deepEqual(failures, []);
    const unsigned = await describeEndpoint(client, endpointAt(server.url, { id: 'unsigned' }));
    assert.ok('kind' in unsigned && failures.length === 1);
  });

  it('reaches functions by a unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'functions-socket-'));
    const path = join(folder, 'f.sock');
    const listening = createServer(nodeListener([greeter], quiet));
    await once(listening.listen(path), 'listening');
    assert.deepEqual(sentTexts(await callOne(client, endpointAt(`http+unix://${path}/statefun`))), ['Hello Ann']);
    listening.closeAllConnections();
    listening.close();
    rmSync(folder, { recursive: true });
  });

  describe('with TLS', () => {
    let made: MadeCertificates;
    before(async () => {
      made = await MadeCertificates.create();
    });
    after(() => made.remove());

    const tlsServer = async (name: string, withClients: boolean): Promise<FunctionServer> => {
      const { certificate, key, ca } = await made.issue(name, { hosts: ['127.0.0.1', 'localhost'] });
      const tls = { key: readFileSync(key), cert: readFileSync(certificate) };
      return serve([greeter], { ...quiet, tls: withClients ? { ...tls, clientCa: readFileSync(ca) } : tls });
    };

    it('believes the authority of the endpoint alone', async () => {
      server = await tlsServer('server', false);
      const ca = made.files('server').ca;
      assert.deepEqual(sentTexts(await callOne(client, endpointAt(server.url, { tls: { ca } }))), ['Hello Ann']);
      const stranger = await callOne(client, endpointAt(server.url, { id: 'stranger' }));
      assert.ok(stranger.kind === 'failure' && stranger.unreachable === true);
      assert.match(stranger.message, /its certificate is not of the authority/);
    });

    it('shows its certificate, and with the next connection the one that has taken its place', async () => {
      const { certificate, key: serverKey, ca } = await made.issue('server', { hosts: ['127.0.0.1'] });
      const shown: string[] = [];
      const credentials = { cert: readFileSync(certificate), key: readFileSync(serverKey), ca: readFileSync(ca) };
      const listening = createSecureServer({ ...credentials, requestCert: true }, nodeListener([greeter], quiet));
      listening.on('secureConnection', (socket) => shown.push(socket.getPeerX509Certificate()?.serialNumber ?? ''));
      await once(listening.listen(0, '127.0.0.1'), 'listening');
      const url = `https://127.0.0.1:${(listening.address() as AddressInfo).port}`;
      const { certificate: cert, key } = await made.issue('client');
      const endpoint = endpointAt(url, { tls: { ca, cert, key } });
      for (let connection = 0; connection < 2; connection++) {
        assert.deepEqual(sentTexts(await callOne(client, endpoint)), ['Hello Ann']);
        listening.closeAllConnections();
        await made.issue('client', { days: 20 });
      }
      listening.close();
      assert.equal(new Set(shown).size, 2);
      assert.ok(!shown.includes(''));
    });

    it('is not let in without a certificate where one is asked for', async () => {
      server = await tlsServer('server', true);
      const outcome = await callOne(client, endpointAt(server.url, { tls: { ca: made.files('server').ca } }));
      assert.ok(outcome.kind === 'failure' && outcome.retriable);
    });

    it('says which file cannot be used, and finds it when it is there', async () => {
      server = await tlsServer('server', false);
      const ca = join(made.path, 'later.crt');
      const endpoint = endpointAt(server.url, { tls: { ca } });
      const outcome = await callOne(client, endpoint);
      assert.match(outcome.kind === 'failure' ? outcome.message : '', /ENOENT.*later\.crt/);
      writeFileSync(ca, readFileSync(made.files('server').ca));
      assert.deepEqual(sentTexts(await callOne(client, endpoint)), ['Hello Ann']);
    });
  });
});
