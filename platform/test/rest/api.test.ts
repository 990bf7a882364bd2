import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { Ajv } from 'ajv';
import { BODY_BYTES_MAX } from '../../src/rest/request-body.js';
import type { Method } from '../../src/rest/route.js';
import { RestServer } from '../../src/rest/rest-server.js';
import { ROUTES } from '../../src/rest/routes.js';
import { FakeHost, type FakeService } from './fake-service.js';
import { ask, raw, type Answer, type Asked } from './rest-client.js';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

interface Content {
  readonly content: { readonly 'application/json': { readonly schema: { readonly $ref: string } } };
}

const CARTS = '/v1/jobs/running/functions/shop/cart';
const CART_PATH = '/v1/jobs/{name}/functions/{namespace}/{function}';
const files = [{ file: 'a.yaml', text: 'new' }];

describe('the API', () => {
  let host: FakeHost;
  let service: FakeService;
  let rest: RestServer;
  let port: number;
  let log: string[];
  let document: Document;

  beforeEach(async () => {
    log = [];
    host = new FakeHost();
    service = host.service;
    rest = new RestServer(host, ROUTES, {
      hosts: () => ['127.0.0.1', 'localhost'],
      log: (message) => log.push(message),
    });
    await new Promise<void>((resolve) => rest.server.listen(0, '127.0.0.1', resolve));
    port = (rest.server.address() as AddressInfo).port;
    document = (await ask(port, '/v1/openapi.json')).body as Document;
  });
  afterEach(() => rest.close());

  /** @returns what is wrong with an answer by the document; undefined: nothing */
  function undocumented(path: string, method: string, { status, body }: Answer): string | undefined {
    const response = document.paths[path]?.[method.toLowerCase()]?.responses[status];
    if (response === undefined) return `${method} ${path} does not say that it answers ${status}`;
    const ajv = new Ajv({ strict: true, keywords: ['components'] });
    const { $ref } = response.content['application/json'].schema;
    return ajv.validate({ components: document.components, $ref }, body) ? undefined : ajv.errorsText();
  }

  it('describes exactly the routes that there are', () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    assert.deepEqual(described.sort(), ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it('describes every parameter, and refers to schemas that there are and to no others', () => {
    const used = new Set(JSON.stringify(document).match(/#\/components\/schemas\/\w+/g));
    const there = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    assert.deepEqual([...used].sort(), there.sort());
    for (const [path, operations] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters } of Object.values(operations))
        assert.deepEqual(
          parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name),
          inPath,
          path,
        );
    }
  });

  const calls: readonly (readonly [
    path: string,
    of: string,
    asked: Asked & { readonly method?: Method },
    status: number,
  ])[] = [
    ['/v1/health', '/v1/health', {}, 200],
    ['/v1/openapi.json', '/v1/openapi.json', {}, 200],
    ['/v1/workers', '/v1/workers', {}, 200],
    ['/v1/jobs', '/v1/jobs', {}, 200],
    ['/v1/jobs', '/v1/jobs', { method: 'POST', body: { files } }, 201],
    ['/v1/jobs', '/v1/jobs', { method: 'POST', body: { files: [{ file: 'a', text: '' }], again: true } }, 200],
    ['/v1/jobs', '/v1/jobs', { method: 'POST', body: { files: [{ file: 'a', text: 'broken' }] } }, 422],
    ['/v1/jobs', '/v1/jobs', { method: 'POST', body: { files: [{ file: 'a', text: 'bug' }] } }, 500],
    ['/v1/jobs', '/v1/jobs', { method: 'POST', body: { files: [] } }, 400],
    ['/v1/jobs', '/v1/jobs', { method: 'POST', body: { files, priority: 1 } }, 400],
    ['/v1/jobs', '/v1/jobs', { method: 'POST', body: { files, baseDir: 'relative' } }, 400],
    ['/v1/jobs', '/v1/jobs', { method: 'POST', body: { files, parallelism: 0 } }, 400],
    ['/v1/jobs', '/v1/jobs', { method: 'POST' }, 400],
    ['/v1/jobs', '/v1/jobs', { method: 'POST', body: '{"files":' }, 400],
    ['/v1/jobs', '/v1/jobs', { method: 'POST', body: { files }, headers: { 'content-type': 'text/plain' } }, 415],
    ['/v1/jobs', '/v1/jobs', { method: 'POST', body: { files }, headers: { host: 'evil.example' } }, 421],
    ['/v1/jobs', '/v1/jobs', { method: 'POST', body: { files }, headers: { origin: 'http://evil.example' } }, 403],
    ['/v1/jobs/running', '/v1/jobs/{name}', {}, 200],
    ['/v1/jobs/a%2Fb', '/v1/jobs/{name}', {}, 200],
    ['/v1/jobs/nobody', '/v1/jobs/{name}', {}, 404],
    ['/v1/jobs/%E0%A4%A', '/v1/jobs/{name}', {}, 400],
    ['/v1/jobs/a%2Fb/result', '/v1/jobs/{name}/result', {}, 200],
    ['/v1/jobs/running/result', '/v1/jobs/{name}/result', {}, 409],
    ['/v1/jobs/running/exceptions', '/v1/jobs/{name}/exceptions', {}, 200],
    ['/v1/jobs/running/checkpoints', '/v1/jobs/{name}/checkpoints', {}, 200],
    ['/v1/jobs/running/metrics', '/v1/jobs/{name}/metrics', {}, 200],
    ['/v1/jobs/running/logs', '/v1/jobs/{name}/logs', {}, 200],
    ['/v1/jobs/running/logs?after=1', '/v1/jobs/{name}/logs', {}, 200],
    ['/v1/jobs/running/logs?after=-1', '/v1/jobs/{name}/logs', {}, 400],
    ['/v1/jobs/running/logs?after=1e9', '/v1/jobs/{name}/logs', {}, 400],
    ['/v1/jobs/..%2F..%2Fetc%2Fpasswd/logs', '/v1/jobs/{name}/logs', {}, 404],
    ['/v1/jobs/nobody/metrics', '/v1/jobs/{name}/metrics', {}, 404],
    ['/v1/jobs/running/cancel', '/v1/jobs/{name}/cancel', { method: 'POST' }, 202],
    ['/v1/jobs/nobody/cancel', '/v1/jobs/{name}/cancel', { method: 'POST' }, 404],
    ['/v1/jobs/running/stop', '/v1/jobs/{name}/stop', { method: 'POST', body: { drain: true } }, 200],
    ['/v1/jobs/running/stop', '/v1/jobs/{name}/stop', { method: 'POST' }, 200],
    ['/v1/jobs/running/savepoint', '/v1/jobs/{name}/savepoint', { method: 'POST' }, 200],
    ['/v1/jobs/a%2Fb', '/v1/jobs/{name}', { method: 'DELETE' }, 200],
    ['/v1/jobs/running', '/v1/jobs/{name}', { method: 'DELETE' }, 409],
    ['/v1/jobs/nobody', '/v1/jobs/{name}', { method: 'DELETE' }, 404],
    ['/v1/jobs', '/v1/jobs', { method: 'POST', body: { files, from: '7', allowNonRestoredState: true } }, 201],
    ['/v1/jobs', '/v1/jobs', { method: 'POST', body: { files, from: '' } }, 400],
    ['/v1/jobs/running/rescale', '/v1/jobs/{name}/rescale', { method: 'POST', body: { parallelism: 5 } }, 202],
    ['/v1/jobs/running/rescale', '/v1/jobs/{name}/rescale', { method: 'POST', body: { parallelism: 0 } }, 400],
    ['/v1/jobs/running/rescale', '/v1/jobs/{name}/rescale', { method: 'POST' }, 400],
    ['/v1/jobs/a%2Fb/rescale', '/v1/jobs/{name}/rescale', { method: 'POST', body: { parallelism: 5 } }, 409],
    ['/v1/jobs/nobody/rescale', '/v1/jobs/{name}/rescale', { method: 'POST', body: { parallelism: 5 } }, 404],
    [CARTS, CART_PATH, {}, 200],
    [`${CARTS}?limit=5&after=a%2Fb&status=parked`, CART_PATH, {}, 200],
    [`${CARTS}?limit=1001`, CART_PATH, {}, 400],
    [`${CARTS}?limit=0`, CART_PATH, {}, 400],
    [`${CARTS}?status=idle`, CART_PATH, {}, 400],
    ['/v1/jobs/nobody/functions/shop/cart', CART_PATH, {}, 404],
    [`${CARTS}/i%2F1`, `${CART_PATH}/{id}`, {}, 200],
    [`${CARTS}/i/state`, `${CART_PATH}/{id}/state`, { method: 'DELETE' }, 200],
    [`${CARTS}/i/state/a`, `${CART_PATH}/{id}/state/{state}`, {}, 200],
    [`${CARTS}/i/state/b`, `${CART_PATH}/{id}/state/{state}`, {}, 404],
    [`${CARTS}/i/state/a`, `${CART_PATH}/{id}/state/{state}`, { method: 'PUT', body: { value: null } }, 200],
    [`${CARTS}/i/state/a`, `${CART_PATH}/{id}/state/{state}`, { method: 'PUT', body: { base64: 'AA==' } }, 200],
    [`${CARTS}/i/state/a`, `${CART_PATH}/{id}/state/{state}`, { method: 'PUT', body: {} }, 400],
    [`${CARTS}/i/state/a`, `${CART_PATH}/{id}/state/{state}`, { method: 'PUT', body: { value: 1, base64: '' } }, 400],
    [`${CARTS}/i/state/a`, `${CART_PATH}/{id}/state/{state}`, { method: 'DELETE' }, 200],
    [`${CARTS}/i/state/a/entries?limit=2`, `${CART_PATH}/{id}/state/{state}/entries`, {}, 200],
    [`${CARTS}/i/state/a/entries?limit=0`, `${CART_PATH}/{id}/state/{state}/entries`, {}, 400],
    [`${CARTS}/i/state/a/entries/k%2F1`, `${CART_PATH}/{id}/state/{state}/entries/{key}`, {}, 200],
    [`${CARTS}/i/state/a/entries/x`, `${CART_PATH}/{id}/state/{state}/entries/{key}`, {}, 404],
    [`${CARTS}/p/release`, `${CART_PATH}/{id}/release`, { method: 'POST' }, 200],
    [`${CARTS}/i/release`, `${CART_PATH}/{id}/release`, { method: 'POST' }, 409],
  ];
  for (const [path, of, asked, status] of calls) {
    const { method = 'GET', body, headers } = asked;
    const what = [JSON.stringify(body), JSON.stringify(headers)].filter((text) => text !== undefined).join(' ');
    it(`answers ${status}, as it says: ${method} ${path} ${what}`, async () => {
      const answer = await ask(port, path, asked);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.equal(undocumented(of, method, answer), undefined);
    });
  }

  it('refuses a value that nests too deep, and takes one of 490 levels', async () => {
    const nested = (levels: number): string => `{"value":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    const { status, body } = await ask(port, `${CARTS}/i/state/a`, { method: 'PUT', body: nested(20_000) });
    const message = 'the body is nested deeper than 500 levels';
    assert.deepEqual([status, body], [400, { error: { code: 'bad-request', message } }]);
    assert.equal((await ask(port, `${CARTS}/i/state/a`, { method: 'PUT', body: nested(490) })).status, 200);
    assert.deepEqual(log, []);
  });

  it('lives where it cannot write what it would answer', async () => {
    const value: unknown = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    const addresses = service.addresses('running');
    service.addresses = () => ({ ...addresses, readState: () => Promise.resolve({ name: 'a', type: 't/a', value }) });
    assert.equal((await ask(port, `${CARTS}/i/state/a`)).status, 500);
    assert.match(log.join('\n'), /a request failed: RangeError/);
    assert.equal((await ask(port, '/v1/health')).status, 200);
  });

  it('hands on what it was asked, decoded and with its defaults', async () => {
    await ask(port, '/v1/jobs', { method: 'POST', body: { files, parallelism: 3, again: true } });
    await ask(port, '/v1/jobs/a%2Fb/cancel', { method: 'POST' });
    await ask(port, '/v1/jobs/running/stop?x=1', { method: 'POST' });
    await ask(port, '/v1/jobs/running/rescale', { method: 'POST', body: { parallelism: 5 } });
    await ask(port, `${CARTS}?after=a%2Fb&status=parked`);
    await ask(port, `${CARTS}/i%2F1/state/a`, { method: 'PUT', body: { value: [1, 'x'] } });
    await ask(port, `${CARTS}/i/state`, { method: 'DELETE' });
    await ask(port, `${CARTS}/i/state/a/entries?after=k%2F1`);
    await ask(port, `${CARTS}/i/state/a/entries/k%2F1`, { method: 'PUT', body: { base64: 'AA==' } });
    await ask(port, `${CARTS}/i/state/a/entries/k%2F1`, { method: 'DELETE' });
    const asked = [
      ...['submit 1 3 true', 'cancel a/b', 'stop running false', 'rescale running 5'],
      'list shop/cart {"limit":100,"isParked":true,"after":"a/b"}',
      'write shop/cart i/1 a {"json":"[1,\\"x\\"]"} running',
      'delete shop/cart i - running',
      'entries shop/cart i a {"limit":100,"after":"k/1"}',
      'write shop/cart i a {"base64":"AA=="} k/1 running',
      'delete shop/cart i a k/1 running',
    ];
    assert.deepEqual(service.asked, asked);
  });

  it('leads to the coordinator that leads, and says so when there is none; health is told by each', async () => {
    host.leads = false;
    const lost = await ask(port, '/v1/jobs');
    assert.deepEqual([lost.status, undocumented('/v1/jobs', 'GET', lost)], [503, undefined]);
    host.leader = '127.0.0.1:9';
    const led = await ask(port, '/v1/jobs/running/stop?x=1', { method: 'POST', body: {} });
    assert.deepEqual([led.status, led.headers['location']], [307, 'http://127.0.0.1:9/v1/jobs/running/stop?x=1']);
    assert.equal(undocumented('/v1/jobs/{name}/stop', 'POST', led), undefined);
    const health = await ask(port, '/v1/health');
    assert.deepEqual([health.status, (health.body as { role: string }).role], [200, 'standby']);
  });

  it('does nothing of what it refuses', async () => {
    for (const headers of [{ host: 'evil.example' }, { origin: 'http://evil.example' }, { origin: 'null' }])
      await ask(port, '/v1/jobs/running/cancel', { method: 'POST', headers });
    assert.deepEqual(service.asked, []);
  });

  it('gives the findings of the validator as they are', async () => {
    const { body } = await ask(port, '/v1/jobs', { method: 'POST', body: { files: [{ file: 'a', text: 'broken' }] } });
    assert.deepEqual(body, {
      error: {
        code: 'invalid',
        message: 'the application has errors',
        diagnostics: [{ code: 'TG100', severity: 'error', message: 'it is broken' }],
      },
    });
  });

  it('says that a mistake was made, and which only in the log', async () => {
    const { body } = await ask(port, '/v1/jobs', { method: 'POST', body: { files: [{ file: 'a', text: 'bug' }] } });
    assert.doesNotMatch(JSON.stringify(body), /secret/);
    assert.match(log.join('\n'), /a secret of the house/);
  });

  for (const path of ['/', '/v1', '/v1/jobs/', '/v1/jobs/x/y', '/v1/jobs/../workers', '/v2/jobs', '/v1/jobs//result'])
    it(`knows nothing at ${path}`, async () => assert.equal((await ask(port, path)).status, 404));

  it('says which methods there are where there are others', async () => {
    const jobs = await ask(port, '/v1/jobs', { method: 'DELETE' });
    assert.deepEqual([jobs.status, jobs.headers['allow']], [405, 'POST, GET']);
    const cancel = await ask(port, '/v1/jobs/running/cancel');
    assert.deepEqual([cancel.status, cancel.headers['allow']], [405, 'POST']);
    assert.deepEqual(service.asked, []);
  });

  it('refuses a body that is too large: one that says so before it is sent, and one that does not', async () => {
    const head = 'POST /v1/jobs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    const said = await raw(port, `${head}content-length: ${BODY_BYTES_MAX + 1}\r\n\r\n`);
    assert.match(said, /^HTTP\/1.1 413 /);
    const chunk = ' '.repeat(1 << 20);
    const chunks = Array.from({ length: 9 }, () => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
    assert.match(await raw(port, `${head}transfer-encoding: chunked\r\n\r\n${chunks}`), /^HTTP\/1.1 413 /);
  });

  it('refuses a head that is too large', async () => {
    const answer = await raw(port, `GET /v1/health HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`);
    assert.match(answer, /^HTTP\/1.1 431 /);
  });

  it('takes every name of this machine, with and without a port, and no name that only looks like one', async () => {
    const statuses: number[] = [];
    for (const host of ['localhost', `127.0.0.1:${port}`, 'LOCALHOST:1', 'localhost.evil.example', '127.0.0.1@evil'])
      statuses.push((await ask(port, '/v1/health', { headers: { host } })).status);
    assert.deepEqual(statuses, [200, 200, 200, 421, 421]);
    assert.match(await raw(port, 'GET /v1/health HTTP/1.0\r\n\r\n'), /^HTTP\/1.1 421 /);
  });
});
