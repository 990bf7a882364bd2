/**
 * One connection for requests, one after the other: dialled when the first one needs it, and again after it was closed.
 * HTTP/1.1 is spoken by undici's client, whose parser is strict about what an answer may be.
 *
 * Invariants
 * - One request at a time. What comes while there is none ends the connection.
 * - An idle connection is let go before its server does so, as far as the server says when that is (`Keep-Alive`).
 */
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { Client, Dispatcher } from 'undici';
import type { Dialler } from './dialler.js';
import type { RequestTarget } from '../../job/url-template.js';

/** Shorter than servers keep idle connections by default, but for Node's 5 s, which it says in a header that is heeded. */
const IDLE_MS = 15_000;
const HEAD_BYTES_MAX = 16 * 1024;

const require = createRequire(import.meta.url);

/** Loaded when it is first needed, and the client alone: the package as a whole takes four times as long. */
function loadClient(): typeof Client {
  return require('undici/lib/dispatcher/client.js') as typeof Client;
}

export class Connection {
  readonly #client: Client;
  #socket: Socket | undefined;
  /** Requests of the connection that is there now which were answered. */
  #answered = 0;
  #isClosed = false;

  /** @param closed called when nothing can be sent on it any more, or it is idle and gone */
  constructor(target: RequestTarget, dialler: Dialler, closed: (connection: Connection) => void) {
    const { secure, host, port } = target;
    const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const UndiciClient = loadClient();
    this.#client = new UndiciClient(`${secure ? 'https' : 'http'}://${authority}`, {
      connect: (_options, callback) =>
        dialler.dial(target, (error, socket) => {
          if (error !== null || socket === null) return callback(error ?? new Error('there is no connection'), null);
          this.#socket = socket;
          this.#answered = 0;
          callback(null, socket);
        }),
      pipelining: 1,
      // How long what may take is bounded by who asks.
      ...{ headersTimeout: 0, bodyTimeout: 0 },
      ...{ keepAliveTimeout: IDLE_MS, keepAliveMaxTimeout: IDLE_MS, maxHeaderSize: HEAD_BYTES_MAX },
    });
    this.#client.on('disconnect', () => {
      this.#socket = undefined;
      closed(this);
    });
  }

  /** Undefined while there is no connection. */
  get socket(): Socket | undefined {
    return this.#socket;
  }

  /** A request has been answered on the connection that is there: the server may have closed it since. */
  get isUsed(): boolean {
    return this.#answered > 0;
  }

  send(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(request, handler);
  }

  /** The request was answered. */
  answered(): void {
    this.#answered++;
  }

  /** With what is under way. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    void this.#client.destroy();
    this.#socket?.destroy();
  }
}
