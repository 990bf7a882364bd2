/**
 * Serves the API over HTTP, or HTTPS.
 *
 * Invariants
 * - Who is not meant is refused before anything is done: the Host header must name this server, so that a name that was
 *   made to lead here (DNS rebinding) does not, and a browser's page of another origin is no caller.
 * - Who may not ask is told nothing but that: not even what there is.
 * - Heads, bodies and connections are bounded, in size and in time; those that ask for nothing give way to others.
 * - A handler's error that is none of the API's is told to nobody but the log.
 */
import { arrivalLimits, type ArrivalTimes } from '@tidegate/connectors/http';
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { SecureContextOptions, Server as TlsServer, TlsOptions } from 'node:tls';
import { ApiError, NotLeading } from './api-error.js';
import { allow, callerOf, type Callers } from './callers.js';
import type { ApiHost } from './cluster-service.js';
import { Connections } from './connections.js';
import { hostName } from './host-name.js';
import { readBody } from './request-body.js';
import { readQuery } from './request-query.js';
import { Router } from './router.js';
import { BODY_METHODS, type Reply, type Route } from './route.js';

export interface RestServerOptions {
  /** What the Host header may say, without a port; in lower case. */
  hosts(): readonly string[];
  /** Absent: whoever reaches the API may do everything. */
  readonly callers?: Callers;
  readonly tls?: RestTls;
  readonly limits?: Partial<RestLimits>;
  /** Told of errors that nobody expects. */
  log(message: string): void;
}

export interface RestTls {
  /** Node's module, loaded by who uses it. */
  readonly createServer: (
    options: ServerOptions & TlsOptions,
    serve: (request: IncomingMessage, response: ServerResponse) => void,
  ) => Server & TlsServer;
  /** As they are now; the same object while they are the same. */
  credentials(): Pick<SecureContextOptions, 'cert' | 'key'>;
}

export interface RestLimits extends ArrivalTimes {
  readonly headBytes: number;
  readonly connections: number;
}

const LIMITS = { headBytes: 16 * 1024, connections: 256 };

/** @typeParam H whom its routes ask */
export class RestServer<H = ApiHost> {
  readonly server: Server;
  readonly #router: Router<H>;

  constructor(
    private readonly host: H,
    routes: readonly Route<H>[],
    private readonly options: RestServerOptions,
  ) {
    this.#router = new Router(routes);
    const limits = { ...LIMITS, ...options.limits };
    this.server = this.#create({
      maxHeaderSize: limits.headBytes,
      ...arrivalLimits(options.limits),
      insecureHTTPParser: false,
    });
    new Connections(this.server, limits.connections);
  }

  /** Requests that were taken are answered; resolves then. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeIdleConnections();
    });
  }

  #create(options: ServerOptions): Server {
    const { tls } = this.options;
    const serve = (request: IncomingMessage, response: ServerResponse): void => void this.#serve(request, response);
    if (tls === undefined) return createServer(options, serve);
    let used = tls.credentials();
    const server = tls.createServer({ ...options, handshakeTimeout: options.headersTimeout, ...used }, serve);
    server.prependListener('connection', () => {
      const now = tls.credentials();
      if (now !== used) server.setSecureContext((used = now));
    });
    return server;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await this.#reply(request)
      .then(written)
      .catch((error: unknown) => written(this.#replyTo(error, request)));
    const { text } = reply;
    // What was not read of a body that is too large stays unread: nothing else can come over this connection.
    const isUnread = !request.complete;
    response.writeHead(reply.status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(isUnread ? { connection: 'close' } : {}),
      ...reply.headers,
      ...(reply.status === 405 ? { allow: this.#router.allowed(pathOf(request)) } : {}),
      ...(reply.status === 401 ? { 'www-authenticate': 'Bearer realm="tidegate"' } : {}),
    });
    response.end(text, () => {
      if (isUnread) request.destroy();
    });
  }

  async #reply(request: IncomingMessage): Promise<Reply> {
    this.#judge(request);
    const caller = callerOf(this.options.callers, request.headers.authorization);
    const { route, parameters } = this.#router.route(request.method ?? '', pathOf(request));
    allow(caller, route.role);
    const body = BODY_METHODS.has(route.method) ? await readBody(request, route.request) : {};
    const asked = readQuery(request.url ?? '', route);
    return route.handle({ parameters, ...asked, body }, this.host);
  }

  #judge({ headers: { host, origin } }: IncomingMessage): void {
    const name = hostName(host ?? '');
    if (name === undefined || !this.options.hosts().includes(name))
      throw new ApiError('misdirected', `the Host header says ${JSON.stringify(host ?? '')}, which is not this server`);
    if (origin !== undefined && origin !== `${this.#scheme}://${host}`)
      throw new ApiError('forbidden', `pages of ${JSON.stringify(origin)} may ask nothing here`);
  }

  get #scheme(): string {
    return this.options.tls === undefined ? 'http' : 'https';
  }

  #replyTo(error: unknown, { url = '/' }: IncomingMessage): Reply {
    if (error instanceof NotLeading && error.leader !== undefined) {
      const location = `${this.#scheme}://${error.leader}${url}`;
      return { status: error.status, headers: { location }, body: error.body() };
    }
    if (error instanceof ApiError) return { status: error.status, body: error.body() };
    this.options.log(`a request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    const answer = new ApiError('internal', 'something was done wrong here; the log says what');
    return { status: answer.status, body: answer.body() };
  }
}

/** What cannot be written is a failure like others. */
function written(reply: Reply): Reply & { readonly text: string } {
  return { ...reply, text: `${JSON.stringify(reply.body)}\n` };
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0]!;
}
