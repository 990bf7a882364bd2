/**
 * The connections of an HTTP server: at most so many, of which those that ask for nothing give way to new ones.
 *
 * Invariants
 * - A connection whose request is being answered is never cut for another.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { WaitingRoom } from '../wire/waiting-room.js';

interface Open {
  readonly socket: Socket;
  /** Requests that are being answered. */
  busy: number;
}

/** With those that are being answered there are at most so many times as many as may wait. */
const OPEN_PER_WAITING = 4;

export class Connections {
  /** Under TLS a request comes over another object than the connection: both have the other side's address. */
  readonly #open = new Map<string, Open>();
  readonly #waiting: WaitingRoom<Open>;

  /** @param max that wait */
  constructor(server: Server, max: number) {
    this.#waiting = new WaitingRoom<Open>(max, ({ socket }) => socket.destroy());
    server.maxConnections = max * OPEN_PER_WAITING;
    server.on('connection', (socket: Socket) => this.#connected(socket));
    server.on('request', (request, response) => {
      const open = this.#open.get(keyOf(request.socket));
      if (open === undefined) return;
      open.busy++;
      this.#waiting.exit(open);
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
    });
  }

  #answered(open: Open): void {
    open.busy--;
    if (open.busy === 0 && !open.socket.destroyed) this.#waiting.enter(open);
  }
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
