/**
 * Serves the API over HTTP.
 *
 * Invariants
 * - Who is not meant is refused before anything is done: the Host header must name this server, so that a name that was
 *   made to lead here (DNS rebinding) does not, and a browser's page of another origin is no caller.
 * - Heads, bodies and connections are bounded, in size and in time.
 * - A handler's error that is none of the API's is told to nobody but the log.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ApiError, NotLeading } from './api-error.js';
import type { ApiHost } from './cluster-service.js';
import { readBody } from './request-body.js';
import { Router } from './router.js';
import type { Reply } from './route.js';
import { ROUTES } from './routes.js';

const HEAD_BYTES_MAX = 16 * 1024;
const CONNECTIONS_MAX = 256;
const HEAD_MS = 10_000;
const REQUEST_MS = 60_000;

export class RestServer {
  readonly server: Server;
  readonly #router = new Router(ROUTES);

  /**
   * @param hosts what the Host header may say, without a port: names of this machine
   * @param log told of errors that nobody expects
   */
  constructor(
    private readonly host: ApiHost,
    private readonly hosts: readonly string[],
    private readonly log: (message: string) => void,
  ) {
    this.server = createServer(
      { maxHeaderSize: HEAD_BYTES_MAX, headersTimeout: HEAD_MS, requestTimeout: REQUEST_MS, insecureHTTPParser: false },
      (request, response) => void this.#serve(request, response),
    );
    this.server.maxConnections = CONNECTIONS_MAX;
  }

  /** Requests that were taken are answered; resolves then. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeIdleConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await this.#reply(request).catch((error: unknown) => this.#replyTo(error, request));
    const text = `${JSON.stringify(reply.body)}\n`;
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
    });
    response.end(text, () => {
      if (isUnread) request.destroy();
    });
  }

  async #reply(request: IncomingMessage): Promise<Reply> {
    this.#judge(request);
    const { route, parameters } = this.#router.route(request.method ?? '', pathOf(request));
    const body = route.method === 'POST' ? await readBody(request, route.request) : {};
    return route.handle({ parameters, body }, this.host);
  }

  #judge({ headers: { host, origin } }: IncomingMessage): void {
    const name = hostName(host ?? '');
    if (name === undefined || !this.hosts.includes(name))
      throw new ApiError('misdirected', `the Host header says ${JSON.stringify(host ?? '')}, which is not this server`);
    if (origin !== undefined && origin !== `http://${host}`)
      throw new ApiError('forbidden', `pages of ${JSON.stringify(origin)} may ask nothing here`);
  }

  #replyTo(error: unknown, { url = '/' }: IncomingMessage): Reply {
    if (error instanceof NotLeading && error.leader !== undefined)
      return { status: error.status, headers: { location: `http://${error.leader}${url}` }, body: error.body() };
    if (error instanceof ApiError) return { status: error.status, body: error.body() };
    this.log(`a request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    const answer = new ApiError('internal', 'the coordinator has made a mistake; its log says which');
    return { status: answer.status, body: answer.body() };
  }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0]!;
}

/** Without the port; undefined for what is none. */
function hostName(host: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+))(?::\d{1,5})?$/.exec(host) ?? [];
  return (bracketed ?? plain)?.toLowerCase();
}
