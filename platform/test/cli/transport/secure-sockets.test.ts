import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect as connectPlain, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { VirtualClock } from '../../../src/common/virtual-clock.js';
import { systemClock } from '../../../src/cli/runtime/system-clock.js';
import type { MemberRole } from '../../../src/cli/security/member-name.js';
import { TlsCredentials, type TlsFiles } from '../../../src/cli/security/tls-credentials.js';
import { SecureSockets } from '../../../src/cli/transport/secure-sockets.js';
import { SocketConnection } from '../../../src/cli/transport/socket-connection.js';
import { PLAIN_SOCKETS, type Sockets } from '../../../src/cli/transport/sockets.js';
import { PROTOCOL } from '../../../src/wire/hello.js';
import type { WireError } from '../../../src/wire/wire-error.js';
import { MadeCertificates } from '../security/made-certificates.js';

const HOST = '127.0.0.1';

/** Of one side: what it hears, and why it ends. */
class Side {
  readonly heard: Promise<string>;
  readonly closed: Promise<WireError | undefined>;
  readonly connection: SocketConnection;

  constructor(socket: Socket, name: string) {
    let hear: (text: string) => void = () => undefined;
    let close: (error: WireError | undefined) => void = () => undefined;
    this.heard = new Promise((resolve) => (hear = resolve));
    this.closed = new Promise((resolve) => (close = resolve));
    this.connection = new SocketConnection(
      socket,
      {
        own: { protocol: PROTOCOL, version: '1', cluster: 'test', role: 'worker', name },
        ...{ roles: ['worker'], payloadBytesMax: 1 << 20, keepAliveMs: 1000, silenceMs: 20_000 },
      },
      systemClock,
      {
        opened: (connection) => connection.send(Buffer.from(`from ${name}`)),
        received: (payload) => hear(payload.toString()),
        closed: close,
      },
    );
  }
}

/** What is said, one after the other. */
class Lines {
  readonly #said: string[] = [];
  #wake: () => void = () => undefined;

  add(line: string): void {
    this.#said.push(line);
    this.#wake();
  }

  async next(): Promise<string> {
    while (this.#said.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#said.shift()!;
  }
}

describe('secure sockets', () => {
  let made: MadeCertificates;
  let server: Server;
  let accepted: Promise<Side>;
  let refusals: Lines;
  const sockets = new Set<Socket>();

  before(async () => {
    made = await MadeCertificates.create();
    await made.issue('coordinator', { role: 'coordinator' });
    await made.issue('worker');
  });
  after(() => made.remove());
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server.close();
  });

  /** @param now of a process whose clock may be wrong */
  function secure(files: TlsFiles, role: MemberRole, cluster = 'test', now = Date.now()): SecureSockets {
    const clock = new VirtualClock(now);
    return new SecureSockets(new TlsCredentials(files, { cluster, role }, clock, () => undefined), cluster);
  }

  async function serve(own: Sockets, peer: MemberRole = 'worker'): Promise<number> {
    let accept: (side: Side) => void = () => undefined;
    accepted = new Promise((resolve) => (accept = resolve));
    refusals = new Lines();
    server = own.serve(
      peer,
      (socket) => accept(new Side(socket, 'server')),
      (reason) => refusals.add(reason),
    );
    server.on('connection', (socket) => sockets.add(socket));
    server.listen(0, HOST);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  const coordinator = (): Promise<number> => serve(secure(made.files('coordinator'), 'coordinator'));

  it('carry what members of one cluster say to each other', async () => {
    const port = await coordinator();
    const own = secure(made.files('worker'), 'worker').connect({ host: HOST, port }, 'coordinator');
    const worker = new Side(own, 'worker');
    assert.deepEqual([await worker.heard, await (await accepted).heard], ['from server', 'from worker']);
    worker.connection.close();
    assert.equal(await (await accepted).closed, undefined);
  });

  const strangers: readonly (readonly [who: string, make: () => Promise<Sockets>, server: RegExp, worker: RegExp])[] = [
    [
      'without a certificate, and without TLS',
      () => Promise.resolve(PLAIN_SOCKETS),
      /^the other side does not speak TLS$/,
      /one of the two may speak TLS, and one not/,
    ],
    [
      'whose certificate has expired',
      async () => secure(await made.issue('old', { ago: 20 }), 'worker', 'test', Date.now() - 15 * 86_400_000),
      /^its certificate has expired$/,
      /^the other side refuses this process: its certificate has expired$/,
    ],
    [
      'whose certificate is not valid yet',
      async () => secure(await made.issue('young', { ago: -2 }), 'worker'),
      /^its certificate is not valid yet/,
      /^the other side refuses this process: its certificate is not valid yet/,
    ],
    [
      'of another authority',
      async () => secure(await (await MadeCertificates.create()).issue('worker'), 'worker'),
      /^it has ended the handshake: it may not trust this process/,
      /^its certificate is not of the authority in --tls-ca$/,
    ],
    [
      'of another cluster',
      async () => secure(await made.issue('other', { cluster: 'other' }), 'worker', 'other'),
      /^it has ended the handshake: it may not trust this process/,
      /^its certificate is for tidegate:\/\/cluster\/test\/coordinator, and not for tidegate:\/\/cluster\/other\/coordinator$/,
    ],
    [
      'that is a client of the cluster',
      async () => secure(await made.issue('client', { role: 'client' }), 'client'),
      /^its certificate is for tidegate:\/\/cluster\/test\/client, and not/,
      /^the other side refuses this process: its certificate is for tidegate:\/\/cluster\/test\/client, and not/,
    ],
  ];
  for (const [who, make, atServer, atWorker] of strangers) {
    it(`F91: refuse a worker ${who}, and both sides say why`, async () => {
      const port = await coordinator();
      const worker = new Side((await make()).connect({ host: HOST, port }, 'coordinator'), 'worker');
      assert.match(await refusals.next(), atServer);
      assert.match((await worker.closed)?.message ?? '', atWorker);
    });
  }

  it('F91: refuse one that speaks TLS and shows no certificate', async () => {
    const port = await coordinator();
    const socket = connectTls({ host: HOST, port, rejectUnauthorized: false });
    sockets.add(socket);
    const worker = new Side(socket, 'worker');
    assert.equal(await refusals.next(), 'it shows no certificate');
    assert.match((await worker.closed)?.message ?? '', /refuses this process: it shows no certificate$/);
  });

  it('F91: a worker tells nothing to a server that is no coordinator of its cluster', async () => {
    const port = await serve(secure(made.files('worker'), 'worker'));
    const own = secure(made.files('worker'), 'worker').connect({ host: HOST, port }, 'coordinator');
    const worker = new Side(own, 'worker');
    assert.match((await worker.closed)?.message ?? '', /cluster\/test\/worker, and not for .*coordinator$/);
    assert.match(await refusals.next(), /^it has ended the handshake/);
  });

  it('a worker with TLS says so of a coordinator without', async () => {
    const port = await serve(PLAIN_SOCKETS);
    const own = secure(made.files('worker'), 'worker').connect({ host: HOST, port }, 'coordinator');
    const worker = new Side(own, 'worker');
    assert.equal((await worker.closed)?.message, 'the other side does not speak TLS');
    assert.match(
      (await (await accepted).closed)?.message ?? '',
      /the other side speaks TLS, and this process does not/,
    );
  });

  for (const [what, bytes] of [
    ['HTTP', 'GET /v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['zeros', '\0'.repeat(64)],
    ['the hello of a process without TLS', '\0\0\0\x20\0\0\0\0\0\0\0\0\0\0\0\0tidegate {}'],
    ['the beginning of a handshake that is none', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03garbage'],
  ] as const) {
    it(`F92: close on ${what}, and serve others`, async () => {
      const port = await coordinator();
      const stranger = connectPlain(port, HOST);
      sockets.add(stranger);
      stranger.on('error', () => undefined);
      stranger.end(Buffer.from(bytes, 'latin1'));
      assert.notEqual(await refusals.next(), '');
      if (!stranger.destroyed) await once(stranger.resume(), 'close');
      const own = secure(made.files('worker'), 'worker').connect({ host: HOST, port }, 'coordinator');
      assert.equal(await new Side(own, 'worker').heard, 'from server');
    });
  }

  it('F91: judge by themselves a worker that takes every server for a coordinator', async () => {
    const port = await coordinator();
    for (const [name, issued, reason] of [
      ['other', { cluster: 'other' }, /^its certificate is for tidegate:\/\/cluster\/other\/worker, and not for/],
      ['client', { role: 'client' }, /^its certificate is for tidegate:\/\/cluster\/test\/client, and not for/],
      ['foreign', undefined, /^its certificate is not of the authority in --tls-ca$/],
    ] as const) {
      const authority = issued === undefined ? await MadeCertificates.create() : made;
      const { certificate, key } = await authority.issue(name, issued);
      const [cert, keyBytes] = [readFileSync(certificate), readFileSync(key)];
      const socket = connectTls({ host: HOST, port, cert, key: keyBytes, rejectUnauthorized: false });
      sockets.add(socket);
      const worker = new Side(socket, 'worker');
      assert.match((await worker.closed)?.message ?? '', /^the other side refuses this process: its certificate is/);
      assert.match(await refusals.next(), reason);
    }
  });

  it('do not complain of who only looks whether somebody is there', async () => {
    const port = await coordinator();
    const looking = connectPlain(port, HOST);
    await once(looking, 'connect');
    looking.destroy();
    const liar = connectTls({ host: HOST, port, rejectUnauthorized: false });
    sockets.add(liar);
    await once(liar, 'secureConnect');
    assert.equal(await refusals.next(), 'it shows no certificate');
  });

  it('use renewed certificates from the next connection on, and the former ones while they do not fit', async () => {
    const files = await made.issue('renewed', { role: 'coordinator' });
    const logged: string[] = [];
    const credentials = new TlsCredentials(files, { cluster: 'test', role: 'coordinator' }, systemClock, (line) =>
      logged.push(line),
    );
    const port = await serve(new SecureSockets(credentials, 'test'));
    const serial = async (): Promise<string> => {
      const { cert, key, ca } = new TlsCredentials(
        made.files('worker'),
        { cluster: 'test', role: 'worker' },
        systemClock,
        () => undefined,
      ).bytes;
      const socket = connectTls({ host: HOST, port, cert, key, ca, checkServerIdentity: () => undefined });
      sockets.add(socket);
      await once(socket, 'secureConnect');
      return socket.getPeerX509Certificate()!.serialNumber;
    };
    const former = await serial();
    const { key } = made.files('renewed');
    const formerKey = readFileSync(key);
    await made.issue('renewed', { role: 'coordinator' });
    const renewedKey = readFileSync(key);
    writeFileSync(key, formerKey);
    assert.equal(await serial(), former);
    assert.match(logged.join('\n'), /goes on with the certificate that it had: the key in .* is not that of/);
    writeFileSync(key, Buffer.concat([renewedKey, Buffer.from('\n')]));
    assert.notEqual(await serial(), former);
    assert.match(logged.join('\n'), /uses the certificate that is now in/);
  });
});
