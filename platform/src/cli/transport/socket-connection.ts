/**
 * A connection between processes over a socket: carries bytes between it and the machine that understands them.
 *
 * Invariants
 * - What is sent in one turn of the event loop goes in one write.
 * - The socket is gone when the machine has closed, and the machine has closed when the socket is gone.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../../common/clock.js';
import { Connection, type ConnectionOptions, type Presence } from '../../wire/connection.js';
import type { Hello } from '../../wire/hello.js';
import type { WireError } from '../../wire/wire-error.js';
import { tlsProblem } from '../security/tls-problem.js';

export interface ConnectionEvents {
  opened(connection: SocketConnection, peer: Hello): void;
  /** @param payload a view; nobody writes to it any more */
  received(payload: Buffer, channel: number): void;
  /** See ConnectionHost. */
  doubted?(connection: SocketConnection): void;
  /** The last call. @param error absent: one side has closed it on purpose */
  closed(error: WireError | undefined): void;
}

export class SocketConnection {
  readonly #machine: Connection;
  #isCorked = false;

  /** @param socket connected, or connecting */
  constructor(
    private readonly socket: Socket,
    options: ConnectionOptions,
    clock: Clock,
    events: ConnectionEvents,
  ) {
    this.#machine = new Connection(
      options,
      clock,
      {
        write: (header, payload) => this.#write(header, payload),
        opened: (peer) => events.opened(this, peer),
        received: (payload, channel) => events.received(payload, channel),
        ...(events.doubted === undefined ? {} : { doubted: () => events.doubted!(this) }),
        closed: (error) => {
          // What was written still goes out, unless the other side is not to be trusted or does not take it.
          if (error === undefined) socket.end();
          else socket.destroy();
          events.closed(error);
        },
      },
      undefined,
    );
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#machine.read(chunk));
    socket.on('end', () => this.#machine.end());
    socket.on('error', (error) => this.#machine.end(tlsProblem(error)));
    socket.on('close', () => this.#machine.end('the connection was cut'));
    this.#machine.start();
  }

  /** Bytes that were sent and not taken by the other side yet. */
  get unsent(): number {
    return this.socket.writableLength;
  }

  /** Ignored once it is closed. @param payload at least one byte; not to be changed any more */
  send(payload: Uint8Array, channel = 0): void {
    this.#machine.send(payload, channel);
  }

  /** See Connection. */
  vouch(presence: Presence): void {
    this.#machine.vouch(presence);
  }

  close(): void {
    this.#machine.close();
  }

  #write(header: Buffer, payload: Uint8Array): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.socket.cork();
      queueMicrotask(() => {
        this.#isCorked = false;
        this.socket.uncork();
      });
    }
    this.socket.write(header);
    if (payload.length > 0) this.socket.write(payload);
  }
}
