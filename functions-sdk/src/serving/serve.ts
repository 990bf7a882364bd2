/**
 * A server of functions on its own: HTTP or HTTPS, with a health check and an orderly end.
 *
 *     starting ── listening ──▶ serving ── close() or a signal ──▶ draining ── last answer, or the deadline ──▶ closed
 *
 * Invariants
 * - While draining, what was begun is answered and nothing new is let in; connections that stay open are told so.
 * - It listens on the loopback address unless told otherwise: it has no lock of its own but `authenticate` and TLS.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { collect } from '../embedded/collected-functions.js';
import { FunctionError } from '../function/function-error.js';
import type { AnyFunction } from '../function/function-set.js';
import { toMs, type Duration } from '../types/duration.js';
import { HttpEndpoint, type EndpointOptions } from './http-endpoint.js';
import { toListener } from './node-listener.js';

export interface ServeOptions extends EndpointOptions {
  /** Default: 8000. 0 takes any that is free. */
  readonly port?: number;
  /** Default: 127.0.0.1, this machine alone; `0.0.0.0` for all. */
  readonly host?: string;
  /** Only this path is served, and what is below it. Default: every path. */
  readonly path?: string;
  /** Default: `/health`; 200 while serving, 503 while draining. */
  readonly healthPath?: string;
  readonly tls?: TlsOptions;
  /** How long a connection may be idle. Default: 75s, longer than the other side keeps it. */
  readonly keepAlive?: Duration;
  /** How long a request may take to arrive. Default: 1m. */
  readonly requestTimeout?: Duration;
  /** How long closing waits for what was begun. Default: 10s. */
  readonly drainTimeout?: Duration;
  /** Signals that close the server. Default: SIGTERM and SIGINT. */
  readonly stopOn?: readonly NodeJS.Signals[];
}

export interface TlsOptions {
  /** PEM. */
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  readonly passphrase?: string;
  /** PEM. With it, only clients with a certificate of these authorities are let in. */
  readonly clientCa?: string | Buffer;
}

export interface FunctionServer {
  /** Where it listens, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Ends it in order. Every call waits for the same end. */
  close(): Promise<void>;
}

/**
 * Resolves when the server listens; rejects if it cannot. In a module that a platform runs in a thread of its own, nothing
 * listens: the functions are called there.
 */
export async function serve(functions: readonly AnyFunction[], options: ServeOptions = {}): Promise<FunctionServer> {
  if (collect(functions)) return EMBEDDED;
  const server = new RunningServer(new HttpEndpoint(functions, options), options);
  await server.listen();
  return server;
}

const EMBEDDED: FunctionServer = { url: 'thread:', close: () => Promise.resolve() };

class RunningServer implements FunctionServer {
  readonly #endpoint: HttpEndpoint;
  readonly #options: ServeOptions;
  readonly #server: Server;
  readonly #onSignal = (): void => void this.close();
  /** What was begun and is not answered. */
  readonly #open = new Set<ServerResponse>();
  #isDraining = false;
  #closed: Promise<void> | undefined;

  constructor(endpoint: HttpEndpoint, options: ServeOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#server = createFor(options.tls, this.#listener());
    this.#server.keepAliveTimeout = toMs(options.keepAlive ?? '75s');
    this.#server.requestTimeout = toMs(options.requestTimeout ?? '1m');
    this.#server.headersTimeout = Math.min(this.#server.headersTimeout, this.#server.requestTimeout);
  }

  get url(): string {
    const { address, port, family } = this.#server.address() as AddressInfo;
    const host = family === 'IPv6' ? `[${address}]` : address;
    return `${this.#options.tls === undefined ? 'http' : 'https'}://${host}:${port}`;
  }

  async listen(): Promise<void> {
    const { port = 8000, host = '127.0.0.1', stopOn = ['SIGTERM', 'SIGINT'] } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
      this.#server.listen(port, host, () => {
        this.#server.removeAllListeners('error');
        resolve();
      });
    });
    for (const signal of stopOn) process.on(signal, this.#onSignal);
  }

  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  async #drain(): Promise<void> {
    this.#isDraining = true;
    for (const response of this.#open) if (!response.headersSent) response.setHeader('connection', 'close');
    const deadline = setTimeout(() => this.#server.closeAllConnections(), toMs(this.#options.drainTimeout ?? '10s'));
    try {
      await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    } finally {
      clearTimeout(deadline);
      for (const signal of this.#options.stopOn ?? ['SIGTERM', 'SIGINT']) process.off(signal, this.#onSignal);
    }
  }

  #listener(): (request: IncomingMessage, response: ServerResponse) => void {
    const { path, healthPath = '/health' } = this.#options;
    const listener = toListener(this.#endpoint);
    return (request, response) => {
      if (this.#isDraining) response.setHeader('connection', 'close');
      const asked = (request.url ?? '/').split('?')[0]!;
      if (asked === healthPath) return this.#sayHealth(response);
      if (path !== undefined && asked !== path && !asked.startsWith(`${path.replace(/\/$/, '')}/`)) {
        response.writeHead(404, { 'content-type': 'text/plain', connection: 'close' });
        return void response.end(`the functions are at ${path}\n`);
      }
      if (this.#isDraining) return this.#refuseDraining(response);
      this.#open.add(response);
      response.once('close', () => this.#open.delete(response));
      listener(request, response);
    };
  }

  #sayHealth(response: ServerResponse): void {
    response.writeHead(this.#isDraining ? 503 : 200, { 'content-type': 'text/plain' });
    response.end(this.#isDraining ? 'draining\n' : 'serving\n');
  }

  #refuseDraining(response: ServerResponse): void {
    const { status, headers, body } = this.#endpoint.fail(
      new FunctionError('shutting-down', 'another instance will answer'),
    );
    response.writeHead(status, { ...headers, connection: 'close' });
    response.end(body);
  }
}

/** As Node has it, with a sentence of what to do. */
function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error;
  const message = `the functions cannot be served at ${host}:${port}, where something listens already: stop that, or choose another port`;
  return Object.assign(new Error(message, { cause: error }), { code: error.code });
}

function createFor(
  tls: TlsOptions | undefined,
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  if (tls === undefined) return createServer(listener);
  const { clientCa, ...own } = tls;
  return createSecureServer(
    {
      ...own,
      minVersion: 'TLSv1.2',
      ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
    },
    listener,
  );
}
