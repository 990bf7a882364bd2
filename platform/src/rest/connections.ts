/**
 * The connections of an HTTP server: at most so many, of which those that ask for nothing give way to new ones, and so do those
 * whose request does not come to its end.
 *
 * Invariants
 * - A connection whose request has come in whole is never cut for another.
 * - Who sends heads shuts out nobody who sends bodies, nor the other way round: each kind gives way to its own.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { WaitingRoom } from '../wire/waiting-room.js';

interface Open {
  readonly socket: Socket;
  /** Requests that are being answered. */
  busy: number;
}

/** With those that are being answered there are at most so many times as many as may wait: half of all are left to them. */
const OPEN_PER_WAITING = 4;

export class Connections {
  /** Under TLS a request comes over another object than the connection: both have the other side's address. */
  readonly #open = new Map<string, Open>();
  /** For a request's head. */
  readonly #waiting: WaitingRoom<Open>;
  /** For the rest of its body. */
  readonly #arriving: WaitingRoom<Open>;

  /** @param max that wait, and that arrive */
  constructor(server: Server, max: number) {
    const leave = ({ socket }: Open): void => void socket.destroy();
    this.#waiting = new WaitingRoom<Open>(max, leave);
    this.#arriving = new WaitingRoom<Open>(max, leave);
    server.maxConnections = max * OPEN_PER_WAITING;
    server.on('connection', (socket: Socket) => this.#connected(socket));
    server.on('request', (request, response) => {
      const open = this.#open.get(keyOf(request.socket));
      if (open === undefined) return;
      open.busy++;
      this.#waiting.exit(open);
      if (hasBody(request)) {
        this.#arriving.enter(open);
        request.once('end', () => this.#arriving.exit(open));
      }
      response.on('close', () => this.#answered(open));
    });
  }

  #connected(socket: Socket): void {
    const key = keyOf(socket);
    const open = { socket, busy: 0 };
    this.#open.set(key, open);
    this.#waiting.enter(open);
    socket.on('close', () => {
      this.#open.delete(key);
      this.#waiting.exit(open);
      this.#arriving.exit(open);
    });
  }

  #answered(open: Open): void {
    open.busy--;
    this.#arriving.exit(open);
    if (open.busy === 0 && !open.socket.destroyed) this.#waiting.enter(open);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
