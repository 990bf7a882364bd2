import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SocketConnection } from '../../../src/cli/transport/socket-connection.js';
import { systemClock } from '../../../src/cli/runtime/system-clock.js';
import { PROTOCOL, type Hello } from '../../../src/wire/hello.js';
import type { WireError } from '../../../src/wire/wire-error.js';

const SILENCE_MS = 400;

/** One side; resolves what it waits for. */
class Side {
  readonly received: string[] = [];
  readonly opened: Promise<{ connection: SocketConnection; peer: Hello }>;
  readonly closed: Promise<WireError | undefined>;
  readonly connection: SocketConnection;

  constructor(socket: Socket, name: string) {
    let open: (value: { connection: SocketConnection; peer: Hello }) => void;
    let close: (error: WireError | undefined) => void;
    this.opened = new Promise((resolve) => (open = resolve));
    this.closed = new Promise((resolve) => (close = resolve));
    this.connection = new SocketConnection(
      socket,
      {
        own: { protocol: PROTOCOL, version: '1', cluster: 'test', role: 'worker', name },
        roles: ['worker'],
        payloadBytesMax: 1 << 20,
        keepAliveMs: 100,
        silenceMs: SILENCE_MS,
      },
      systemClock,
      {
        opened: (connection, peer) => open({ connection, peer }),
        received: (payload) => this.received.push(payload.toString('latin1')),
        closed: (error) => close(error),
      },
    );
  }
}

describe('a connection over a socket', () => {
  let server: Server;
  let accepted: Promise<Socket>;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    server = createServer((socket) => sockets.push(socket));
    accepted = once(server, 'connection').then(([socket]) => socket as Socket);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  function dial(): Socket {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    return socket;
  }

  async function pair(): Promise<{ a: Side; b: Side; socketOfB: Socket }> {
    const a = new Side(dial(), 'a');
    const socketOfB = await accepted;
    const b = new Side(socketOfB, 'b');
    await Promise.all([a.opened, b.opened]);
    return { a, b, socketOfB };
  }

  it('carries large and small payloads both ways, in order, and ends without an error', async () => {
    const { a, b } = await pair();
    const texts = Array.from({ length: 300 }, (_, index) =>
      String.fromCharCode(97 + (index % 26)).repeat(1 + index * 7),
    );
    for (const text of texts) a.connection.send(Buffer.from(text));
    b.connection.send(Buffer.from('back'));
    while (b.received.length < texts.length || a.received.length < 1)
      await new Promise((resolve) => setImmediate(resolve));
    a.connection.close();
    assert.equal(await b.closed, undefined);
    assert.equal(await a.closed, undefined);
    assert.deepEqual(b.received, texts);
    assert.deepEqual(a.received, ['back']);
  });

  it('gives out what was sent before it was closed', async () => {
    const { a, b } = await pair();
    a.connection.send(Buffer.from('last words'));
    a.connection.close();
    assert.equal(await b.closed, undefined);
    assert.deepEqual(b.received, ['last words']);
  });

  it('says that it was cut (F24)', async () => {
    const { a, socketOfB } = await pair();
    socketOfB.resetAndDestroy();
    assert.match((await a.closed)?.message ?? '', /ECONNRESET|the connection was cut/);
  });

  it('does not wait for ever for a peer that neither speaks nor goes (F27)', async () => {
    const { a, socketOfB } = await pair();
    socketOfB.removeAllListeners('data');
    socketOfB.pause();
    // Its side of the machine is stopped: nothing is written any more, and the socket stays, though b hears nothing either.
    const { destroy } = socketOfB;
    socketOfB.write = () => true;
    socketOfB.destroy = () => socketOfB;
    const closed = await a.closed;
    socketOfB.destroy = destroy;
    assert.equal(closed?.problem, 'silent');
  });

  it('closes on garbage, and the process lives (F92)', async () => {
    const stranger = dial();
    const side = new Side(await accepted, 'b');
    stranger.write('GET /v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.equal((await side.closed)?.problem, 'malformed');
    await once(stranger.resume(), 'close');
  });

  it('says that nobody is there', async () => {
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const side = new Side(connect(port, '127.0.0.1'), 'a');
    assert.match((await side.closed)?.message ?? '', /ECONNREFUSED/);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
});
