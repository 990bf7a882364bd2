/**
 * A load over HTTP from plain sockets: every connection sends its next request when the last is answered. It parses no
 * more of an answer than its length, so that it costs less than what it measures.
 */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

const END_OF_HEAD = Buffer.from('\r\n\r\n');

export class Load {
  readonly #requests: readonly Buffer[];
  readonly #sockets: readonly Socket[];
  #next = 0;
  #left = 0;
  #onEnd: (error?: Error) => void = () => undefined;

  private constructor(requests: readonly Buffer[], sockets: readonly Socket[]) {
    this.#requests = requests;
    this.#sockets = sockets;
    for (const socket of sockets) this.#listen(socket);
  }

  static async open(port: number, connections: number, contentType: string, bodies: readonly Buffer[]): Promise<Load> {
    const requests = bodies.map((body) => {
      const head =
        `POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: ${contentType}\r\naccept: application/octet-stream\r\n` +
        `connection: keep-alive\r\nuser-agent: statefun\r\ncontent-length: ${body.length}\r\n\r\n`;
      return Buffer.concat([Buffer.from(head), body]);
    });
    const sockets = Array.from({ length: connections }, () => connect({ port, host: '127.0.0.1', noDelay: true }));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    return new Load(requests, sockets);
  }

  /** Sends `count` requests and resolves when all are answered. */
  async run(count: number): Promise<void> {
    this.#left = count;
    this.#next = 0;
    await new Promise<void>((resolve, reject) => {
      this.#onEnd = (error) => (error === undefined ? resolve() : reject(error));
      for (const socket of this.#sockets) this.#send(socket, count);
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #send(socket: Socket, count = Infinity): void {
    if (this.#next >= Math.min(count, this.#next + this.#left)) return;
    socket.write(this.#requests[this.#next++ % this.#requests.length]!);
  }

  #listen(socket: Socket): void {
    let pending: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const head = pending.indexOf(END_OF_HEAD);
      if (head === -1) return;
      const text = pending.toString('latin1', 0, head);
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? NaN);
      if (!text.startsWith('HTTP/1.1 200') || Number.isNaN(length)) return this.#onEnd(new Error(text));
      if (pending.length < head + 4 + length) return;
      pending = Buffer.alloc(0);
      this.#answered(socket);
    });
  }

  #answered(socket: Socket): void {
    this.#left--;
    if (this.#left === 0) this.#onEnd();
    else if (this.#left >= this.#sockets.length) this.#send(socket);
  }
}
