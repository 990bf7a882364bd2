/** F67, F68, F71, F86: where a body goes, and what hostile receivers can do. */
import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressPolicy, Resolve } from '../../src/calling/index.js';
import { Poster, type PosterOptions } from '../../src/calling/poster.js';
import { createContext, type TestContext } from '../support/context.js';

const TIMEOUT = 15_000;
/** Of what is never answered. */
const SHORT = 200;

describe('a request to a receiver', function () {
  this.timeout(20_000);
  let context: TestContext;
  let server: Server;
  let port: number;
  let connections: number;
  let serve: (socket: Socket) => void;
  let poster: Poster | undefined;
  const sockets = new Set<Socket>();

  beforeEach(async () => {
    context = createContext();
    connections = 0;
    serve = () => undefined;
    server = createServer((socket) => {
      connections++;
      sockets.add(socket);
      socket.on('error', () => undefined);
      serve(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  });
  afterEach(async () => {
    poster?.close();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server.close();
    await context.remove();
  });

  const open = (url: string, more: Partial<PosterOptions> = {}, callable?: AddressPolicy): Poster => {
    const options = { url, contentType: 'application/json', timeout: TIMEOUT, ...more };
    poster = new Poster(options, callable === undefined ? context : { ...context, callable });
    return poster;
  };
  const post = (of: Poster) => of.post(Buffer.from('{}'), {});
  const here = (): string => `http://127.0.0.1:${port}/hook`;
  const answering =
    (...answers: readonly string[]) =>
    (socket: Socket): void => {
      let next = 0;
      socket.on('data', () => void socket.write(answers[next++] ?? ''));
    };
  const resolving =
    (...addresses: readonly LookupAddress[]): Resolve =>
    (_host, _options, callback) =>
      process.nextTick(callback, null, [...addresses]);
  const LOCAL: LookupAddress = { address: '127.0.0.1', family: 4 };

  const addresses: [what: string, host: string, policy?: AddressPolicy][] = [
    ['the clouds’ service of credentials', '169.254.169.254'],
    ['the same within IPv6', '[::ffff:169.254.169.254]'],
    ['this machine, for others', '127.0.0.1', { trusted: false }],
    ['the same in parts', '0177.1', { trusted: false }],
    ['what the operator does not list', '127.0.0.1', { trusted: true, allowed: ['hooks.example.com'] }],
  ];
  for (const [what, host, policy] of addresses) {
    it(`F86: a URL at ${what} is refused when the egress is made`, () => {
      assert.throws(() => open(`http://${host}:${port}/`, {}, policy), { code: 'invalid-option' });
    });
  }

  const names: [what: string, host: string, resolve: Resolve, more: Partial<PosterOptions>, policy?: AddressPolicy][] =
    [
      ['a public name that leads to this machine', 'hooks.example.com', resolving(LOCAL), {}],
      ['localhost, for others', 'localhost', resolving(LOCAL), {}, { trusted: false }],
      ['localhost, where the egress says so', 'localhost', resolving(LOCAL), { allowPrivate: false }],
    ];
  for (const [what, host, resolve, more, policy] of names) {
    it(`F86: ${what} is not dialled`, async () => {
      const outcome = await post(open(`http://${host}:${port}/`, { resolve, ...more }, policy));
      assert.equal(outcome.kind, 'refused');
      assert.equal(connections, 0);
    });
  }

  it('F86: a name that becomes another one is checked when it is dialled', async () => {
    let looks = 0;
    // AS112: public, and serves nothing at this port.
    const resolve: Resolve = (_host, _options, callback) =>
      process.nextTick(callback, null, [{ address: ++looks === 1 ? '192.31.196.1' : '127.0.0.1', family: 4 }]);
    const rebound = open(`http://hooks.example.com:${port}/`, { resolve, timeout: SHORT });
    assert.equal((await post(rebound)).kind, 'retry');
    const outcome = await post(rebound);
    assert.match(outcome.kind === 'refused' ? outcome.reason : '', /127\.0\.0\.1 is on this machine/);
    assert.equal(connections, 0);
  });

  const answers: [what: string, answer: string, outcome: string][] = [
    [
      'F68: the head of an answer decides, though its body never ends',
      'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx',
      'done',
    ],
    ['a body of an unbounded length is not read on', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(200_000)}`, 'done'],
    [
      'F71: a redirect is refused',
      'HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n',
      'refused',
    ],
    ['F67: half a head is no answer', 'HTTP/1.1 200 O', 'retry'],
    ['what is no HTTP is no answer', 'hello\r\n\r\n', 'retry'],
  ];
  for (const [what, answer, kind] of answers) {
    it(what, async () => {
      serve = answering(answer);
      assert.equal((await post(open(here(), kind === 'retry' ? { timeout: SHORT } : {}))).kind, kind);
    });
  }

  it('F67: nothing at all is given up in time', async () => {
    assert.deepEqual(await post(open(here(), { timeout: SHORT })), {
      kind: 'retry',
      reason: `no answer in ${SHORT} ms`,
    });
  });

  it('a connection serves one request after the other, and is replaced where it was closed meanwhile', async () => {
    const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
    serve = answering(OK, OK);
    const kept = open(here());
    for (let index = 0; index < 2; index++) assert.equal((await post(kept)).kind, 'done');
    assert.equal(connections, 1);
    for (const socket of sockets) socket.resetAndDestroy();
    assert.equal((await post(kept)).kind, 'done');
    assert.equal(connections, 2);
  });

  it('says nothing of a URL but its origin', async () => {
    serve = answering('HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n');
    const secret = open(`http://user:password@127.0.0.1:${port}/services/T0/secret?token=x`);
    assert.equal(secret.subject, `egress events: http://127.0.0.1:${port}`);
    assert.equal((await post(secret)).kind, 'refused');
    assert.throws(
      () => open('http://user:password@:1/'),
      (error: Error) => !error.message.includes('password'),
    );
  });
});
