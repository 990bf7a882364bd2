/**
 * Takes requests for functions over HTTP, of one subtask, and answers them with the functions' replies.
 *
 * Invariants
 * - Who is not meant or may not ask is refused before anything is read: see rest-server.ts.
 * - An answer says nothing that a failure could take back. Where nothing can be said in time, it says where to ask again.
 * - Of several subtasks on a machine the first that comes has the address, for as long as its slot has tasks of the job; when that
 *   goes another takes its place. While a job restarts who asks is told so.
 */
import {
  arrivalLimits,
  encodingFault,
  formFault,
  isOwnOrigin,
  traceparentIn,
  type ArrivalTimes,
} from '@tidegate/connectors/http';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../../../common/clock.js';
import { messageOf, TidegateError } from '../../../common/errors.js';
import { declaredFor } from '../../../common/function-namespace.js';
import type { FunctionRequest, RequestCounter, RequestOutcome } from '../../../functions/requests/request-desk.js';
import { NOTHING } from '../../../functions/requests/request-messages.js';
import type { RequestsDescriptor } from '../../../job/function-node.js';
import { ApiError } from '../../../rest/api-error.js';
import { readBytes } from '../../../rest/body-bytes.js';
import { callerOf, type Callers } from '../../../rest/callers.js';
import { Connections } from '../../../rest/connections.js';
import { hostName } from '../../../rest/host-name.js';
import type { RequestServer } from '../../../functions/requests/request-server.js';
import { HOLDER_HEADER, holderMark, isSameHolder } from './port-holder.js';
import { answerOf, type Answer } from './reply-answer.js';
import { readRequest } from './request-reading.js';

export interface HttpRequestServerOptions {
  readonly requests: RequestsDescriptor;
  readonly callers: Callers | undefined;
  readonly clock: Clock;
  createServer?(limits: ServerOptions, serve: (request: IncomingMessage, response: ServerResponse) => void): Server;
  /** Where they are others than those of our other servers. */
  readonly times?: ArrivalTimes;
  log(message: string): void;
  readonly failpoint: (name: string) => void;
}

const AGAIN_MS = 500;
/** Any is taken: these say that a body is JSON, and that it is something else. */
const TYPES_TO_SAY = ['application/json', 'application/octet-stream'];
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const CLOSING = new ApiError('unavailable', 'the job is being restarted; ask again with the same idempotency key');

export class HttpRequestServer implements RequestServer {
  readonly #server: Server;
  readonly #types: ReadonlyMap<string, string>;
  readonly #names: ReadonlySet<string> | undefined;
  /** Answers what waits, as it cannot be answered here any more. */
  readonly #waiting = new Set<() => void>();
  readonly #sockets = new Set<Socket>();
  #counter: RequestCounter | undefined;
  #again: (() => void) | undefined;
  /** At who has the port, where it is taken. */
  #hasLooked = false;
  readonly #mark: string;
  #fail: (error: Error) => void = () => undefined;

  constructor(private readonly options: HttpRequestServerOptions) {
    const { requests } = options;
    this.#types = new Map(requests.functions.map(({ type, message }) => [type, message]));
    this.#names = namesOf(requests);
    this.#mark = holderMark(requests);
    const serve = (request: IncomingMessage, response: ServerResponse): void => void this.#serve(request, response);
    this.#server = (options.createServer ?? createServer)(arrivalLimits(options.times), serve);
    new Connections(this.#server, requests.maxConnections);
    this.#server.on('connection', (socket: Socket) => this.#connected(socket));
    this.#server.on('error', (error: NodeJS.ErrnoException) => this.#cannotListen(error));
    this.#server.on('listening', () => this.#listens());
  }

  /** For the task that is opened now. @param fail told why nobody can ask */
  attach(fail: (error: Error) => void): this {
    this.#fail = fail;
    return this;
  }

  serve(counter: RequestCounter): void {
    this.#counter = counter;
    this.#server.ref();
    for (const socket of this.#sockets) socket.ref();
    if (!this.#server.listening) this.#listen();
  }

  /** The task is gone. Until the next one has come who asks is told to come again; if none does, nobody is kept by it. */
  close(): Promise<void> {
    this.#counter = undefined;
    this.#fail = () => undefined;
    this.#again?.();
    for (const answer of [...this.#waiting]) answer();
    this.#server.unref();
    for (const socket of this.#sockets) socket.unref();
    return Promise.resolve();
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    if (this.#counter === undefined) socket.unref();
  }

  #listen(): void {
    if (this.#counter === undefined) return;
    const { host, port } = this.options.requests;
    this.#server.listen(port, host.replace(/^\[|\]$/g, ''));
  }

  #listens(): void {
    const { port } = this.#server.address() as AddressInfo;
    const { host, tls } = this.options.requests;
    const shown = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
    this.options.log(
      `functions take requests at ${tls === undefined ? 'http' : 'https'}://${shown}:${port}/v1/functions/`,
    );
  }

  #cannotListen(error: NodeJS.ErrnoException): void {
    const { host, port } = this.options.requests;
    if (error.code !== 'EADDRINUSE')
      return this.#fail(new TidegateError('TG485', `requests: cannot listen on ${host}:${port}: ${messageOf(error)}`));
    this.#again = this.options.clock.schedule(AGAIN_MS, () => this.#listen());
    if (this.#hasLooked) return;
    this.#hasLooked = true;
    void isSameHolder(this.options.requests).then((isSame) => {
      if (!isSame && !this.#server.listening)
        this.options.log(`requests: ${host}:${port} is taken by another program; it is tried again until it is free`);
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    request.on('error', () => undefined);
    try {
      this.#judge(request);
      callerOf(this.options.callers, request.headers.authorization);
      const { method = '', url = '/', headers } = request;
      const { how, target, key = randomUUID(), type } = readRequest(method, url, headers, this.options.requests);
      const declared = declaredFor(target.type, this.#types);
      if (declared === undefined)
        throw new ApiError('not-found', `${target.type} is not among the functions that answer requests`);
      const counter = this.#counter;
      if (counter === undefined) throw CLOSING;
      const bytes = how === 'look' ? NOTHING.bytes : await this.#body(request);
      if (how !== 'look' && !counter.hasRoom)
        throw new ApiError('unavailable', 'more waits for functions than settings.memory.functions allows');
      const argument = how === 'look' ? NOTHING : { typename: type ?? declared, hasValue: true, bytes };
      this.#ask(counter, { how, target, key, argument, traceparent: traceparentIn(headers) }, response);
    } catch (error) {
      if (!(error instanceof ApiError)) return void request.destroy();
      this.#refuse(error, request, response);
    }
  }

  #judge({ headers: { host, origin } }: IncomingMessage): void {
    const name = hostName(host ?? '');
    if (this.#names !== undefined && (name === undefined || !this.#names.has(name)))
      throw new ApiError('misdirected', `the Host header says ${JSON.stringify(host ?? '')}, which is not this server`);
    if (origin !== undefined && !isOwnOrigin(origin, host))
      throw new ApiError('forbidden', `pages of ${JSON.stringify(origin)} may ask nothing here`);
  }

  /** @throws ApiError `unsupported-media-type`, `too-large` */
  async #body(request: IncomingMessage): Promise<Buffer> {
    const { headers } = request;
    const encoding = encodingFault(headers);
    if (encoding !== undefined) throw new ApiError('unsupported-media-type', encoding);
    const bytes = await readBytes(request, this.options.requests.maxBodyBytes);
    const fault = formFault(headers, bytes, TYPES_TO_SAY);
    if (fault !== undefined) throw new ApiError('unsupported-media-type', fault);
    return bytes;
  }

  #ask(counter: RequestCounter, request: FunctionRequest, response: ServerResponse): void {
    const { clock, requests, failpoint } = this.options;
    failpoint('requests.afterRead');
    const end = (answer: Answer): void => {
      takeBack();
      cancel();
      this.#waiting.delete(giveBack);
      failpoint('requests.beforeReply');
      this.#answer(response, answer);
      response.once('finish', () => failpoint('requests.afterReply'));
    };
    const giveBack = (): void => end(refusal(CLOSING));
    const told = (outcome: RequestOutcome): void => end(answerTo(request, outcome));
    let takeBack = counter.ask(request, told);
    const cancel = clock.schedule(requests.waitMs, () => {
      // It has taken its time. Whoever asks again must find that it was asked.
      takeBack();
      takeBack = counter.ask({ ...request, how: request.how === 'call' ? 'send' : request.how }, told);
    });
    this.#waiting.add(giveBack);
    response.once('close', () => {
      takeBack();
      cancel();
      this.#waiting.delete(giveBack);
    });
  }

  #refuse(error: ApiError, request: IncomingMessage, response: ServerResponse): void {
    const { status, headers, body } = refusal(error);
    this.#answer(response, { status, body, headers: request.complete ? headers : { ...headers, connection: 'close' } });
  }

  #answer(response: ServerResponse, { status, headers, body }: Answer): void {
    if (response.headersSent) return;
    response.writeHead(status, {
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerText(value)])),
      'content-length': body.length,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      [HOLDER_HEADER]: this.#mark,
    });
    response.end(body);
  }
}

/** What cannot be answered is this caller's trouble, and not the job's. */
function answerTo(request: FunctionRequest, outcome: RequestOutcome): Answer {
  try {
    return answerOf(request, outcome);
  } catch (error) {
    return refusal(new ApiError('internal', `the reply cannot be sent: ${messageOf(error)}`));
  }
}

/** Types and ids are chosen by others: what no header can carry is percent-encoded, as UTF-8, and not a failure of the task. */
function headerText(value: string): string {
  if (/^[\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  const hex = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return Array.from(Buffer.from(value), (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : hex(byte),
  ).join('');
}

function refusal(error: ApiError): Answer {
  return {
    status: error.status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(error.code === 'unavailable' ? { 'retry-after': '1' } : {}),
      ...(error.code === 'unauthorized' ? { 'www-authenticate': 'Bearer realm="tidegate"' } : {}),
    },
    body: Buffer.from(`${JSON.stringify(error.body())}\n`),
  };
}

/** Undefined: any. */
function namesOf({ host, allowedHosts }: RequestsDescriptor): ReadonlySet<string> | undefined {
  const own = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (!LOOPBACK.includes(own) && !own.startsWith('127.') && allowedHosts === undefined) return undefined;
  return new Set([own, ...LOOPBACK, ...(allowedHosts ?? []).map((name) => name.toLowerCase())]);
}
