/**
 * The HTTP server of an ingress: takes bodies of records and answers 200 only when `accept` has stored them.
 *
 * Invariants
 * - All that a sender can make us hold is bounded: connections, the head, the body, the bytes of all bodies at once, and
 *   the time in which a request must arrive.
 * - No answer says anything of records: reasons and positions only.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectorError, type ConnectorContext, type Format } from '../api/index.js';
import { arrivalLimits } from './arrival-limits.js';
import { readBody } from './body-records.js';
import { formFault, isForm, JSON_TYPE, mediaType } from './content-type.js';
import type { DecidedEvents } from './decided-events.js';
import { isJson } from './json-bytes.js';
import { RequestBody } from './request-body.js';
import { checkRequest, tooLarge, unsupported, type Refusal, type RequestRules } from './request-check.js';
import { requestKey, requestKeyFault, requestKeyHeader } from './request-key.js';
import { stamped } from './stamped-payload.js';
import { traceparentIn } from './traceparent.js';

const MAX_HEAD_BYTES = 16 * 1024;
const MAX_HEADERS = 100;
const KEEP_ALIVE_MS = 5_000;
const CLOSE_GRACE_MS = 5_000;
const LINGER_MS = 500;
/** Bodies in memory, of all connections together, in multiples of the largest single one. */
const BODIES_AT_ONCE = 8;

const RESTARTING = 'the job is being restarted; ask again with the same idempotency key';

const BUSY: Refusal = {
  status: 503,
  reason: 'records come faster than they are processed',
  headers: { 'Retry-After': '1' },
};

export interface RecordServerOptions extends RequestRules {
  readonly host: string;
  readonly port: number;
  readonly maxConnections: number;
  /** Milliseconds. */
  readonly requestTimeout: number;
  readonly format: Format;
  readonly context: Pick<ConnectorContext, 'schedule' | 'fail'>;
  /** Whether more is taken now. */
  hasRoom(): boolean;
  /** Resolves when the payloads cannot be lost any more. */
  accept(payloads: readonly unknown[]): Promise<void>;
  /** Present where who sends an event waits for what is decided of it. */
  readonly decided?: DecidedEvents;
}

export class RecordServer {
  readonly #server: Server;
  /** Bodies that are held in memory, until their requests are answered. */
  readonly #bodies = new Set<RequestBody>();
  #closing: Promise<void> | undefined;

  constructor(readonly options: RecordServerOptions) {
    const { requestTimeout } = options;
    this.#server = createServer(
      {
        maxHeaderSize: MAX_HEAD_BYTES,
        ...arrivalLimits({ requestMs: requestTimeout }),
        keepAliveTimeout: KEEP_ALIVE_MS,
      },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.maxConnections = options.maxConnections;
    this.#server.maxHeadersCount = MAX_HEADERS;
  }

  /** Resolves with the address that senders use. Rejects with a ConnectorError. */
  async listen(): Promise<string> {
    const { host, port, path } = this.options;
    const plainHost = host.replace(/^\[|\]$/g, '');
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: Error): void => reject(connectorError(`${host}:${port}`, error));
      this.#server.once('error', refuse);
      this.#server.listen(port, plainHost, () => {
        this.#server.off('error', refuse);
        this.#server.on('error', (error) => this.options.context.fail(connectorError(host, error)));
        resolve();
      });
    });
    const address = this.#server.address() as AddressInfo;
    return `http://${plainHost.includes(':') ? `[${plainHost}]` : plainHost}:${address.port}${path}`;
  }

  /** Answers the requests that are under way, for a while, and closes. */
  close(): Promise<void> {
    this.options.decided?.close();
    this.#closing ??= new Promise((resolve) => {
      const cancel = this.options.context.schedule(CLOSE_GRACE_MS, () => this.#server.closeAllConnections());
      this.#server.close(() => {
        cancel();
        resolve();
      });
      this.#server.closeIdleConnections();
    });
    return this.#closing;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A connection that breaks is nobody's failure: its request was not answered.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const refusal = checkRequest(request, this.options) ?? this.#checkRoom();
    if (refusal !== undefined) return this.#refuse(request, response, refusal);
    const body = new RequestBody();
    const bodies = this.#bodies.add(body);
    try {
      const broken = await body.read(request, () => this.#checkSize(body));
      if (broken !== undefined) return this.#refuse(request, response, broken);
      const bytes = body.bytes();
      const wrong = this.#checkForm(bytes, request.headers);
      if (wrong !== undefined) this.#refuse(request, response, wrong);
      else await this.#take(bytes, request.headers, response);
    } finally {
      bodies.delete(body);
    }
  }

  #checkRoom(): Refusal | undefined {
    if (this.#closing !== undefined) return { status: 503, reason: 'closing', headers: { 'Retry-After': '5' } };
    if (!this.options.hasRoom()) return BUSY;
    return undefined;
  }

  #checkSize(body: RequestBody): Refusal | undefined {
    const { maxBodyBytes } = this.options;
    if (body.length > maxBodyBytes) return tooLarge(maxBodyBytes);
    let bytes = 0;
    for (const { length } of this.#bodies) bytes += length;
    return bytes > BODIES_AT_ONCE * maxBodyBytes ? BUSY : undefined;
  }

  #checkForm(body: Buffer, headers: IncomingHttpHeaders): Refusal | undefined {
    const fault = formFault(headers, body, this.options.mediaTypes);
    return fault === undefined ? undefined : unsupported(fault, this.options);
  }

  async #take(body: Buffer, headers: IncomingHttpHeaders, response: ServerResponse): Promise<void> {
    const type = isForm(headers) ? JSON_TYPE : mediaType(headers['content-type']);
    const read = readBody(this.options.format, body, type);
    if (read.kind === 'bad') {
      const { count, positions } = read;
      return this.#answer(response, 400, { error: `${count} bad records; none was taken`, records: positions });
    }
    try {
      const { decided, accept } = this.options;
      if (decided !== undefined) return await this.#decide(decided, read.payloads, headers, response);
      const stamp = { request: undefined, traceparent: traceparentIn(headers) };
      if (read.payloads.length > 0) await accept(read.payloads.map((payload) => stamped(payload, stamp)));
      this.#answer(response, 200, { accepted: read.payloads.length });
    } catch (error) {
      this.options.context.fail(connectorError('the log of received records', error));
      this.#answer(response, 500, { error: 'the records could not be stored' });
    }
  }

  async #decide(
    events: DecidedEvents,
    payloads: readonly unknown[],
    headers: IncomingHttpHeaders,
    response: ServerResponse,
  ): Promise<void> {
    if (payloads.length !== 1)
      return this.#answer(response, 400, { error: `one event at a time is decided, and these are ${payloads.length}` });
    const given = requestKey(headers['idempotency-key']);
    const fault = given === undefined ? undefined : requestKeyFault(given);
    if (fault !== undefined) return this.#answer(response, 400, { error: fault });
    const { request, decided } = await events.take(payloads[0], given, traceparentIn(headers));
    const told = { 'Idempotency-Key': requestKeyHeader(request) };
    if (decided.kind !== 'decided')
      return this.#answer(response, 503, { error: RESTARTING }, { ...told, 'Retry-After': '1' });
    const type = isJson(decided.body) ? JSON_TYPE : 'application/octet-stream';
    this.#send(response, 200, type, decided.body, { ...told, 'Tidegate-Decision': decided.by });
  }

  #refuse(request: IncomingMessage, response: ServerResponse, { status, reason, headers }: Refusal): void {
    // The rest of the body is not waited for, so the connection cannot be used again.
    if (!request.complete) response.setHeader('Connection', 'close');
    this.#answer(response, status, { error: reason }, headers);
    if (request.complete) return;
    // Read and dropped for a moment: a sender that is cut off while it writes would never see the answer.
    request.resume();
    response.once('finish', () => this.options.context.schedule(LINGER_MS, () => request.destroy()));
  }

  #answer(
    response: ServerResponse,
    status: number,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    this.#send(response, status, JSON_TYPE, Buffer.from(`${JSON.stringify(body)}\n`), headers);
  }

  #send(
    response: ServerResponse,
    status: number,
    type: string,
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
  ): void {
    if (this.#closing !== undefined) response.setHeader('Connection', 'close');
    response.writeHead(status, { ...headers, 'Content-Type': type, 'Content-Length': body.byteLength });
    response.end(body);
  }
}
