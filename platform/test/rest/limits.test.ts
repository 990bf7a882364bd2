import assert from 'node:assert/strict';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { RestServer } from '../../src/rest/rest-server.js';
import { ROUTES } from '../../src/rest/routes.js';
import { FakeHost } from './fake-service.js';
import { ask, raw } from './rest-client.js';

const HEAD = 'GET /v1/health HTTP/1.1\r\nhost: localhost\r\n';
const POST = 'POST /v1/jobs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

describe('the limits of the API', () => {
  let host: FakeHost;
  let rest: RestServer;
  let port: number;
  const sockets = new Set<Socket>();

  async function serve(limits: object): Promise<void> {
    host = new FakeHost();
    rest = new RestServer(host, ROUTES, { hosts: () => ['127.0.0.1', 'localhost'], limits, log: assert.fail });
    await new Promise<void>((resolve) => rest.server.listen(0, '127.0.0.1', resolve));
    port = (rest.server.address() as AddressInfo).port;
  }

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await rest.close();
  });

  /** A connection on which a text was sent; it stays open. */
  async function holding(text: string): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    sockets.add(socket);
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
    if (text !== '') socket.write(text);
    return socket;
  }

  const isServed = async (): Promise<void> => assert.equal((await ask(port, '/v1/health')).status, 200);

  it('F85: a head that does not come to its end is answered with 408, and others are served meanwhile', async () => {
    await serve({ headMs: 200, requestMs: 200 });
    const slow = raw(port, `${HEAD}x-slow: `);
    await isServed();
    assert.match(await slow, /^HTTP\/1.1 408 /);
    await isServed();
  });

  it('F85: so is a body', async () => {
    await serve({ headMs: 200, requestMs: 200 });
    const slow = raw(port, `${POST}content-length: 100\r\n\r\n{"files":`);
    await isServed();
    assert.match(await slow, /^HTTP\/1.1 408 /);
    assert.deepEqual(host.service.asked, []);
  });

  for (const [what, text] of [
    ['say nothing', ''],
    ['do not come to the end of a head', HEAD],
    ['do not come to the end of a body', `${POST}content-length: 100\r\n\r\n{`],
    ['do not come to the end of a body in pieces', `${POST}transfer-encoding: chunked\r\n\r\n1\r\n{`],
  ] as const) {
    it(`F85: connections that ${what} give way to others, however many they are`, async () => {
      await serve({ connections: 8, headMs: 60_000, requestMs: 60_000 });
      for (let connection = 0; connection < 100; connection++) await holding(text);
      await isServed();
      const open = await new Promise<number>((resolve) => rest.server.getConnections((_, count) => resolve(count)));
      assert.ok(open <= 9, `${open} connections are open`);
    });
  }

  it('F85: refuses what is no HTTP, and lives', async () => {
    await serve({});
    for (const bytes of [
      '\0\0\0\0\r\n\r\n',
      '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
    ])
      assert.match(await raw(port, bytes), /^(HTTP\/1.1 400 |$)/);
    const smuggled = `${POST}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`;
    assert.match(await raw(port, smuggled), /^HTTP\/1.1 400 /);
    await isServed();
  });

  const names = [
    ...['..', '../..', '/etc/passwd', '\\..\\..', '\0', 'x\0', '%2e%2e', '../../../../etc/passwd', '~root'],
    ...['..;/', 'con', 'file:///etc/passwd', 'a\r\nx: y', '__proto__', 'constructor', '\u202e', 'x'.repeat(4000)],
  ];
  const encodings: readonly (readonly [how: string, encode: (name: string) => string])[] = [
    ['encoded', encodeURIComponent],
    ['encoded twice', (name) => encodeURIComponent(encodeURIComponent(name))],
    ['with encoded dots', (name) => encodeURIComponent(name).replaceAll('.', '%2e')],
    ['with dots encoded twice', (name) => encodeURIComponent(name).replaceAll('.', '%252e')],
  ];
  for (const { method, path } of ROUTES.filter((route) => route.path.includes('{'))) {
    it(`F84: ${method} ${path} takes a name for a name, whatever it looks like`, async () => {
      await serve({});
      for (const name of names) {
        for (const [how, encode] of encodings) {
          const { status } = await ask(port, path.replace(/\{\w+\}/, encode(name)), { method });
          assert.ok(status === 404 || status === 400, `${JSON.stringify(name)} ${how}: ${status}`);
        }
      }
      // As they are, without any encoding.
      for (const name of [
        '..',
        '../..',
        '../../workers',
        '/etc/passwd',
        '//',
        '%',
        '%zz',
        '%c0%ae%c0%ae',
        '..%2f..%2f',
      ]) {
        const asked = `${method} ${path.replace(/\{\w+\}/, name)} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
        assert.match(await raw(port, asked), /^HTTP\/1.1 40[04] /, name);
      }
      assert.deepEqual(host.service.asked, []);
    });
  }

  const origins: readonly (readonly [what: string, headers: Record<string, string>, status: number])[] = [
    ['another name in Host', { host: 'evil.example' }, 421],
    ['a name that begins as ours', { host: 'localhost.evil.example' }, 421],
    ['a name with a user', { host: 'localhost@evil.example' }, 421],
    ['an address of this machine that nobody named', { host: '0.0.0.0' }, 421],
    ['another origin', { origin: 'http://evil.example' }, 403],
    ['no origin', { origin: 'null' }, 403],
    ['our name over another scheme', { origin: 'https://localhost' }, 403],
    ['our name at another port', { origin: 'http://localhost:1' }, 403],
  ];
  for (const [what, headers, status] of origins) {
    it(`F88: nothing is done for ${what}`, async () => {
      await serve({});
      for (const { method, path } of ROUTES) {
        const answer = await ask(port, path.replace(/\{\w+\}/, 'running'), { method, headers });
        assert.equal(answer.status, status, `${method} ${path}`);
        const allowed = Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'));
        assert.deepEqual(allowed, []);
      }
      assert.deepEqual(host.service.asked, []);
    });
  }

  it('F88: a browser is not told that a page of another origin may ask', async () => {
    await serve({});
    const headers = { origin: 'http://evil.example', 'access-control-request-method': 'POST' };
    const { status, headers: answered } = await ask(port, '/v1/jobs', { method: 'OPTIONS', headers });
    assert.equal(status, 403);
    assert.equal(answered['access-control-allow-origin'], undefined);
  });
});
