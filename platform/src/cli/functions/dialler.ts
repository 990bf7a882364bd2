/**
 * Makes the connections to one endpoint: TCP or a unix socket, with TLS where its URL says so.
 *
 * Invariants
 * - A connection is told when it can carry a request, TLS included, or not at all; never after `timeoutMs`.
 * - Certificates are those that the files hold when the connection is made. Where some are named, no session is resumed, as that
 *   would show those of the first connection.
 */
import { connect as connectPlain, isIP, type LookupFunction, type NetConnectOpts, type Socket } from 'node:net';
import { connect as connectSecure, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { renderDuration } from '../../common/duration-text.js';
import type { EndpointTls } from '../../job/function-endpoint.js';
import { EndpointCertificates } from './endpoint-tls.js';
import type { RequestTarget } from '../../job/url-template.js';

/** No connection, and why. */
export class DialError extends Error {
  override readonly name = 'DialError';
  constructor(
    readonly reason: Error,
    /** It took longer than it may. */
    readonly isTimeout = false,
  ) {
    super(reason.message, { cause: reason });
  }
}

export interface DiallerOptions {
  readonly lookup: LookupFunction;
  readonly tls: EndpointTls | undefined;
  readonly timeoutMs: number;
}

export class Dialler {
  readonly #certificates: EndpointCertificates | undefined;
  /** Of the last connection, by origin. */
  readonly #sessions = new Map<string, Buffer>();

  /** @throws Error for certificates that cannot be used */
  constructor(
    secure: boolean,
    private readonly options: DiallerOptions,
  ) {
    const { tls } = options;
    if (secure && tls !== undefined) this.#certificates = new EndpointCertificates(tls);
  }

  dial(target: RequestTarget, done: (error: DialError | null, socket: Socket | null) => void): void {
    const { timeoutMs } = this.options;
    let socket: Socket;
    try {
      socket = target.secure ? this.#secure(target) : connectPlain(this.#place(target));
    } catch (error) {
      return done(new DialError(error as Error), null);
    }
    const timer = setTimeout(() => {
      end(new DialError(new Error(`no connection in ${renderDuration(timeoutMs)}`), true));
    }, timeoutMs);
    const end = (error: DialError | null): void => {
      clearTimeout(timer);
      socket.off('error', fail).off(ready, succeed);
      if (error === null) return done(null, socket);
      // Of a connection that is given up nobody is told any more.
      socket.on('error', () => undefined).destroy();
      done(error, null);
    };
    const ready = target.secure ? 'secureConnect' : 'connect';
    const succeed = (): void => end(null);
    const fail = (error: Error): void => end(new DialError(error));
    socket.once(ready, succeed).once('error', fail);
  }

  #place({ host, port, socketPath }: RequestTarget): NetConnectOpts {
    const { lookup } = this.options;
    return socketPath === undefined ? { host, port, lookup, noDelay: true } : { path: socketPath };
  }

  #secure(target: RequestTarget): TLSSocket {
    const { host, origin } = target;
    const session = this.#sessions.get(origin);
    const options: ConnectionOptions = {
      ...this.#place(target),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(this.#certificates === undefined ? {} : { secureContext: this.#certificates.context }),
      ...(session === undefined ? {} : { session }),
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
    };
    const socket = connectSecure(options);
    if (this.#certificates === undefined) socket.on('session', (given) => this.#sessions.set(origin, given));
    return socket;
  }
}
