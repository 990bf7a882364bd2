/**
 * Connections whose other side has not said yet who it is. Many of them keep nobody else out: see WaitingRoom.
 */
import type { Server, Socket } from 'node:net';
import { WaitingRoom } from '../../wire/waiting-room.js';

const STRANGERS_MAX = 256;

export class Strangers {
  /** Under TLS one speaks over another object than the connection: both have the other side's address. */
  readonly #sockets = new Map<string, Socket>();
  readonly #room = new WaitingRoom<Socket>(STRANGERS_MAX, (socket) => socket.destroy());

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      const key = keyOf(socket);
      this.#sockets.set(key, socket);
      this.#room.enter(socket);
      socket.on('close', () => {
        this.#sockets.delete(key);
        this.#room.exit(socket);
      });
    });
  }

  /** It has said who it is. */
  known(socket: Socket): void {
    const stranger = this.#sockets.get(keyOf(socket));
    if (stranger !== undefined) this.#room.exit(stranger);
  }
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
