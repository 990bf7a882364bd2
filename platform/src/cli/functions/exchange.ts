/**
 * One request and its reply over HTTP/1.1, on a connection of an endpoint.
 *
 *     connecting ──▶ writing ──▶ reading ──▶ settled          (a connection that was kept begins with writing)
 *
 * Invariants
 * - It settles exactly once, unless it was cancelled: with a reply that is whole or with a failure; never later than
 *   `timeouts.call`. What the other side sends afterwards is dropped with its connection.
 * - Never more than `maxReplyBytes` of a reply are held.
 * - A reply without a length that is empty counts as cut off: empty is a success without effects in StateFun's protocol.
 * - A kept connection that turns out to have been closed is replaced, once: that is no failure of the other side.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { renderDuration } from '../../common/duration-text.js';
import type { Connection } from './connection.js';
import type { Connections } from './connections.js';
import { failureReason, isEnd, isStale } from './exchange-failure.js';
import { requestFailure, type RequestFailure, type RequestFailureCode } from './request-failure.js';
import type { RequestTarget } from '../../job/url-template.js';

/** Milliseconds; absent: only `call` bounds the phase. */
export interface Timeouts {
  /** From the call to the whole reply. */
  readonly call: number;
  /** Between two pieces of the reply, and before the first. */
  readonly read?: number;
  /** Between two pieces of the request. */
  readonly write?: number;
}

export interface HttpReply {
  readonly kind: 'reply';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ExchangeOptions {
  readonly connections: Connections;
  readonly timeouts: Timeouts;
  readonly maxReplyBytes: number;
}

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST';
  readonly target: RequestTarget;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

type Phase = 'write' | 'read' | 'call';

const PHASES: Readonly<Record<Phase, string>> = {
  write: 'the request was not taken',
  read: 'nothing of the reply came',
  call: 'no whole reply',
};

export class Exchange implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #connection!: Connection;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  readonly #deadline: NodeJS.Timeout;
  #isSettled = false;
  #isSecond = false;

  /** @param settle called once, never before the constructor has returned */
  constructor(
    private readonly asked: ExchangeRequest,
    private readonly options: ExchangeOptions,
    private readonly settle: (result: HttpReply | RequestFailure) => void,
  ) {
    this.#deadline = setTimeout(() => this.#timeOut('call'), options.timeouts.call);
    this.#send(false);
  }

  /** It does not settle any more. */
  cancel(): void {
    if (this.#end()) this.options.connections.drop(this.#connection);
  }

  #send(isSecond: boolean): void {
    const { target, method, headers, body } = this.asked;
    this.#isSecond = isSecond;
    this.#connection = this.options.connections.take(target, isSecond);
    this.#connection.send({ path: target.path, method, headers, ...(body === undefined ? {} : { body }) }, this);
  }

  onRequestStart(): void {
    const { read, write } = this.options.timeouts;
    if (read === undefined && write === undefined) return;
    // It is written in this turn.
    queueMicrotask(() => this.#watch(write === undefined ? 'read' : 'write'));
  }

  onResponseStart(_controller: unknown, status: number, headers: IncomingHttpHeaders): void {
    // Others come before the answer.
    if (status < 200 || this.#isSettled) return;
    this.#status = status;
    this.#headers = headers;
    if (Number(headers['content-length'] ?? 0) > this.options.maxReplyBytes) this.#failAsTooLarge();
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    if (this.#isSettled) return;
    this.#size += chunk.length;
    if (this.#size > this.options.maxReplyBytes) this.#failAsTooLarge();
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#isSettled) return;
    const headers = this.#headers;
    const isFramed = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    if (!isFramed && this.#size === 0 && this.#status !== 204)
      return this.#fail('disconnected', 'the connection ended within the reply');
    const { socket } = this.#connection;
    // What came with it is read first.
    queueMicrotask(() => this.#onWhole(socket?.errored ?? undefined));
  }

  /** An answer with more behind it than it says is none: nobody knows which of both is wrong. */
  #onWhole(error: Error | undefined): void {
    if (this.#isSettled) return;
    if (error !== undefined && !isEnd(error)) return this.#fail('not-answer', 'the reply is longer than its head says');
    const only = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    const body = only ?? Buffer.concat(this.#chunks, this.#size);
    this.#connection.answered();
    this.#finish({ kind: 'reply', status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (this.#isSettled) return;
    const hasBegun = this.#status > 0;
    if (this.#connection.isUsed && isStale(error) && !hasBegun && !this.#isSecond) {
      this.options.connections.drop(this.#connection);
      return this.#send(true);
    }
    const { code, reason } = failureReason(error, hasBegun);
    this.#fail(code, reason);
  }

  /** The socket's own timer runs anew with each piece that is sent or comes. */
  #watch(phase: 'write' | 'read'): void {
    const { socket } = this.#connection;
    if (this.#isSettled || socket === undefined) return;
    const isTaken = socket.writableLength === 0;
    const now = isTaken ? 'read' : phase;
    socket.removeAllListeners('timeout').setTimeout(this.options.timeouts[now] ?? 0);
    socket.once('timeout', () => {
      if (now === 'write' && socket.writableLength === 0) this.#watch('read');
      else this.#timeOut(now);
    });
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
    const { connections } = this.options;
    if (result.kind === 'failure') connections.drop(this.#connection);
    else connections.give(this.asked.target, this.#connection);
    this.settle(result);
  }

  /** Whether it was still open. */
  #end(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    clearTimeout(this.#deadline);
    const { read, write } = this.options.timeouts;
    if (read !== undefined || write !== undefined) this.#connection.socket?.removeAllListeners('timeout').setTimeout(0);
    return true;
  }
}
