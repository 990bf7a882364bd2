/**
 * A slot's connections with the slots of other processes, over TCP or TLS: each is made by one side, which says in its hello what
 * it is for.
 *
 * Invariants
 * - Whoever is refused is told why on channel 0, before the connection ends.
 * - A stranger holds nothing but a socket, for as long as it may be silent.
 * - A slot that is silent is looked for by another connection. It is given up when nothing takes that, and when it answers
 *   there, as it then would here, too. While its thread is at one long step its system takes connections for it, and it
 *   answers none; that its worker stands still, the coordinator sees.
 */
import type { Server, Socket } from 'node:net';
import type { Clock } from '../../common/clock.js';
import type { AcceptLink, DataLink, DataLinkEvents, DataTransport } from '../../taskmanager/remote/data-transport.js';
import type { ConnectionOptions, Presence } from '../../wire/connection.js';
import { PROTOCOL, type Exchange, type Hello } from '../../wire/hello.js';
import type { WireError } from '../../wire/wire-error.js';
import { PACKET_BYTES_MAX } from '../../network/credit/packet.js';
import { LimitedLog } from './limited-log.js';
import { SocketConnection } from './socket-connection.js';
import { PLAIN_SOCKETS, type Sockets } from './sockets.js';
import { Strangers } from './strangers.js';

export interface SocketTransportOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly cluster: string;
  /** Of the program. */
  readonly version: string;
  /** Of the slot, for messages. */
  readonly name: string;
  /** Of a connection whose other side says nothing; it says something every quarter of that. */
  readonly silenceMs: number;
}

/** On which a connection is refused; no channel of a job. */
const REFUSAL_CHANNEL = 0;
const SOCKETS_MAX = 4096;

export class SocketTransport implements DataTransport {
  readonly #links = new Set<SocketLink>();
  readonly #refusals: LimitedLog;
  #server: Server | undefined;

  /** @param log told of connections that come to nothing */
  constructor(
    private readonly options: SocketTransportOptions,
    private readonly clock: Clock,
    private readonly log: (message: string) => void,
    private readonly sockets: Sockets = PLAIN_SOCKETS,
  ) {
    this.#refusals = new LimitedLog(clock, log);
  }

  listen(accept: AcceptLink): Promise<string> {
    const { host, port } = this.options;
    const server = this.sockets.serve(
      'worker',
      (socket) => this.#take(socket, strangers, accept),
      (reason) => this.#refusals.say(`a data connection was refused: ${reason}`),
    );
    const strangers = new Strangers(server);
    server.maxConnections = SOCKETS_MAX;
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.on('error', (error) => {
        this.log(`the slot's socket fails: ${error.message}`);
        reject(error);
      });
      server.listen(port, host, () => {
        const address = server.address();
        if (address === null || typeof address === 'string') return reject(new Error(`${address} is no TCP address`));
        resolve(`${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`);
      });
    });
  }

  dial(address: string, exchange: Exchange, events: DataLinkEvents): DataLink {
    return this.#link(
      this.sockets.connect(placeOf(address), 'worker'),
      this.#hello(exchange),
      (link) => {
        link.events = events;
        events.opened();
      },
      events,
    );
  }

  /** Bytes that were sent and not taken by the network yet. */
  get unsent(): number {
    let bytes = 0;
    for (const link of this.#links) bytes += link.unsent;
    return bytes;
  }

  close(): void {
    this.#server?.close();
    for (const link of this.#links) link.close('the slot is closed');
  }

  #take(socket: Socket, strangers: Strangers, accept: AcceptLink): void {
    this.#link(socket, this.#hello(), (link, { exchange, name }) => {
      strangers.known(socket);
      const answer = exchange === undefined ? { refused: `${name} does not say what for` } : accept(exchange, link);
      if (!('refused' in answer)) return void (link.events = answer);
      this.#refusals.say(`a data connection of ${name} was refused: ${answer.refused}`);
      link.close(answer.refused);
    });
  }

  #link(
    socket: Socket,
    own: Hello,
    opened: (link: SocketLink, peer: Hello) => void,
    events?: DataLinkEvents,
  ): SocketLink {
    const { silenceMs } = this.options;
    const options: ConnectionOptions = {
      own,
      roles: ['slot'],
      payloadBytesMax: PACKET_BYTES_MAX,
      keepAliveMs: silenceMs / 4,
      silenceMs,
    };
    const link: SocketLink = new SocketLink(socket, options, this.clock, events, {
      opened,
      doubted: (address) => this.#look(address),
      closed: (error) => {
        this.#links.delete(link);
        if (link.events === undefined && error !== undefined && error.problem !== 'unheard')
          this.#refusals.say(`a data connection came to nothing: ${error.message}`);
      },
    });
    this.#links.add(link);
    return link;
  }

  /** By another connection, on which it would say hello if it listened; ended before the other side complains of silence. */
  #look(address: string): Promise<Presence> {
    return new Promise((resolve) => {
      let isTaken = false;
      const socket = this.sockets.connect(placeOf(address), 'worker');
      const answer = (presence: Presence): void => {
        cancel();
        socket.destroy();
        resolve(presence);
      };
      const cancel = this.clock.schedule(this.options.silenceMs / 2, () => answer(isTaken ? 'busy' : 'gone'));
      socket.on('connect', () => (isTaken = true));
      socket.on('data', () => answer('awake'));
      socket.on('error', () => answer('gone'));
      socket.on('close', () => answer('gone'));
    });
  }

  #hello(exchange?: Exchange): Hello {
    const { version, cluster, name } = this.options;
    return {
      protocol: PROTOCOL,
      version,
      cluster,
      role: 'slot',
      name,
      ...(exchange === undefined ? {} : { exchange }),
    };
  }
}

function placeOf(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) };
}

/** What a link asks of its transport, and tells it. */
interface LinkHost {
  opened(link: SocketLink, peer: Hello): void;
  /** The other side is silent. */
  doubted(address: string): Promise<Presence>;
  closed(error: WireError | undefined): void;
}

class SocketLink implements DataLink {
  readonly #connection: SocketConnection;
  #isClosed = false;

  /** @param events whoever is told of it; absent: nobody knows yet what it is for */
  constructor(
    socket: Socket,
    options: ConnectionOptions,
    clock: Clock,
    public events: DataLinkEvents | undefined,
    host: LinkHost,
  ) {
    this.#connection = new SocketConnection(socket, options, clock, {
      opened: (_, peer) => host.opened(this, peer),
      received: (payload, channel) => this.#received(payload, channel),
      doubted: (connection) => {
        const address = this.events?.peerAddress;
        if (address === undefined) connection.vouch('gone');
        else void host.doubted(address).then((presence) => connection.vouch(presence));
      },
      closed: (error) => {
        host.closed(error);
        if (!this.#isClosed) this.events?.closed(error?.message ?? 'the other side has closed it');
      },
    });
  }

  get unsent(): number {
    return this.#connection.unsent;
  }

  send(packet: Uint8Array, channel: number): void {
    this.#connection.send(packet, channel);
  }

  close(reason: string): void {
    this.#isClosed = true;
    this.#connection.send(Buffer.from(reason), REFUSAL_CHANNEL);
    this.#connection.close();
  }

  #received(payload: Buffer, channel: number): void {
    if (this.#isClosed) return;
    if (channel !== REFUSAL_CHANNEL) return this.events?.received(payload, channel);
    this.#isClosed = true;
    this.events?.closed(`the other side says: ${payload.toString()}`);
    this.#connection.close();
  }
}
