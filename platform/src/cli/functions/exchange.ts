/**
 * One request and its reply over HTTP/1.1, on a connection of an agent's pool.
 *
 *     connecting ──▶ writing ──▶ reading ──▶ settled          (a pooled connection begins with writing)
 *
 * Invariants
 * - It settles exactly once, unless it was cancelled: with a reply that is whole or with a failure; never later than
 *   `timeouts.call`. What the other side sends afterwards is dropped with its connection.
 * - Never more than `maxReplyBytes` of a reply are held.
 * - A reply without a length that is empty counts as cut off: empty is a success without effects in StateFun's protocol.
 * - A connection of the pool that turns out to have been closed is replaced, once: that is no failure of the other side.
 */
import { request as plainRequest, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { messageOf } from '../../common/errors.js';
import { renderDuration } from '../../common/duration-text.js';
import { tlsProblem } from '../security/tls-problem.js';
import { requestFailure, type RequestFailure, type RequestFailureCode } from './request-failure.js';
import { ForbiddenAddressError } from './checked-lookup.js';
import type { RequestTarget } from './url-template.js';

/** Milliseconds; absent: only `call` bounds the phase. */
export interface Timeouts {
  /** From the call to the whole reply. */
  readonly call: number;
  /** Until the connection is there, TLS included. */
  readonly connect: number;
  /** Between two pieces of the reply, and before the first. */
  readonly read?: number;
  /** Between two pieces of the request. */
  readonly write?: number;
}

export interface HttpReply {
  readonly kind: 'reply';
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface ExchangeOptions {
  readonly agent: Agent;
  readonly lookup: LookupFunction;
  readonly timeouts: Timeouts;
  readonly maxReplyBytes: number;
}

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST';
  readonly target: RequestTarget;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

type Phase = 'connect' | 'write' | 'read' | 'call';

const PHASES: Readonly<Record<Phase, string>> = {
  connect: 'no connection',
  write: 'the request was not taken',
  read: 'nothing of the reply came',
  call: 'no whole reply',
};
const STALE = new Set(['ECONNRESET', 'EPIPE']);
const NOBODY = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT', 'EACCES']);

export class Exchange {
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #request: ClientRequest | undefined;
  #response: IncomingMessage | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #connecting: NodeJS.Timeout | undefined;
  #isSettled = false;
  #isSecond = false;

  /** @param settle called once, never before the constructor has returned */
  constructor(
    private readonly asked: ExchangeRequest,
    private readonly options: ExchangeOptions,
    private readonly settle: (result: HttpReply | RequestFailure) => void,
  ) {
    this.#deadline = setTimeout(() => this.#timeOut('call'), options.timeouts.call);
    this.#send();
  }

  /** It does not settle any more. */
  cancel(): void {
    if (this.#end()) this.#request?.destroy();
  }

  #send(): void {
    const { target, method, headers, body } = this.asked;
    const { agent, lookup } = this.options;
    const make = target.secure ? secureRequest : plainRequest;
    const place =
      target.socketPath === undefined
        ? { host: target.host, port: target.port, lookup }
        : { socketPath: target.socketPath };
    const request = make({ ...place, agent, method, path: target.path, headers });
    this.#request = request;
    request.once('socket', (socket: Socket) => this.#onSocket(request, socket));
    request.once('response', (response) => this.#onResponse(response));
    request.on('error', (error) => this.#onError(request, error));
    request.end(body);
  }

  #onSocket(request: ClientRequest, socket: Socket): void {
    const { connect, read, write } = this.options.timeouts;
    if (socket.connecting) {
      this.#connecting = setTimeout(() => this.#timeOut('connect'), connect);
      socket.once(this.asked.target.secure ? 'secureConnect' : 'connect', () => clearTimeout(this.#connecting));
    }
    if (write === undefined && read === undefined) return;
    request.setTimeout(write ?? 0);
    request.once('finish', () => request.setTimeout(read ?? 0));
    request.on('timeout', () => this.#timeOut(request.writableFinished ? 'read' : 'write'));
  }

  #onResponse(response: IncomingMessage): void {
    if (this.#isSettled) return;
    this.#response = response;
    const { maxReplyBytes } = this.options;
    if (Number(response.headers['content-length'] ?? 0) > maxReplyBytes) return this.#failAsTooLarge();
    response.on('data', (chunk: Buffer) => {
      this.#size += chunk.length;
      if (this.#size > maxReplyBytes) this.#failAsTooLarge();
      else this.#chunks.push(chunk);
    });
    response.once('end', () => this.#onEnd(response));
    response.on('error', () => this.#fail('disconnected', 'the connection ended within the reply'));
  }

  #onEnd({ complete, statusCode, headers }: IncomingMessage): void {
    const isFramed = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    if (!complete || (!isFramed && this.#size === 0 && statusCode !== 204))
      return this.#fail('disconnected', 'the connection ended within the reply');
    const only = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    this.#finish({
      kind: 'reply',
      status: statusCode ?? 0,
      headers,
      body: only ?? Buffer.concat(this.#chunks, this.#size),
    });
  }

  #onError(request: ClientRequest, error: NodeJS.ErrnoException): void {
    if (this.#isSettled || request !== this.#request) return;
    const code = error.code ?? '';
    if (request.reusedSocket && STALE.has(code) && this.#response === undefined && !this.#isSecond) {
      this.#isSecond = true;
      return this.#send();
    }
    if (error instanceof ForbiddenAddressError) return this.#fail('forbidden', error.message);
    if (code.startsWith('HPE_')) return this.#fail('not-answer', `the reply is no HTTP: ${error.message}`);
    if (STALE.has(code)) return this.#fail('disconnected', 'the connection was closed before the reply');
    this.#fail('unreachable', NOBODY.has(code) ? messageOf(error) : tlsProblem(error));
  }

  #timeOut(phase: Phase): void {
    const ms = this.options.timeouts[phase] ?? this.options.timeouts.call;
    this.#fail('timed-out', `${PHASES[phase]} in ${renderDuration(ms)}`);
  }

  #failAsTooLarge(): void {
    this.#fail('too-large', `the reply is longer than ${this.options.maxReplyBytes} bytes`);
  }

  #fail(code: RequestFailureCode, reason: string): void {
    this.#finish(requestFailure(code, `${this.asked.target.shown}: ${reason}`));
  }

  #finish(result: HttpReply | RequestFailure): void {
    if (!this.#end()) return;
    if (result.kind === 'failure') this.#request?.destroy();
    this.settle(result);
  }

  /** Whether it was still open. */
  #end(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#connecting);
    return true;
  }
}
