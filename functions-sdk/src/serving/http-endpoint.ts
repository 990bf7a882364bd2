/**
 * Functions over HTTP, without a server: a request as a value in, a reply as a value out. All ways of serving share it.
 *
 * - POST `application/octet-stream`: a `ToFunction`, answered by a `FromFunction`, as Apache StateFun speaks it.
 * - POST of SHARED_REQUEST_TYPE: several of them, answered one by one.
 * - GET: the description of the endpoint.
 *
 * Invariants
 * - What can be refused by its head is refused before its body is read (`refuse`).
 * - A failure is answered with its status and a problem document, and is always told to `onError`.
 */
import { FunctionError } from '../function/function-error.js';
import { FunctionSet, type AnyFunction } from '../function/function-set.js';
import type { InvocationBatch, InvocationOutcome } from '../wire/messages.js';
import { encodeFromFunction } from '../wire/from-function.js';
import { ProtocolError } from '../wire/protocol-error.js';
import {
  decodeSharedRequest,
  encodeSharedReplies,
  SHARED_REQUEST_TYPE,
  type SharedReply,
} from '../wire/shared-request.js';
import { decodeToFunction } from '../wire/to-function.js';
import { describe, DESCRIPTION_TYPE } from './description.js';
import { PROBLEM_TYPE, toProblem } from './problem.js';

export const STATEFUN_TYPE = 'application/octet-stream';
export const DEFAULT_MAX_BODY_BYTES = 32 * 1024 * 1024;

export interface EndpointOptions {
  /** Larger requests are refused with 413. Default: 32 MiB. */
  readonly maxBodyBytes?: number;
  /** Lets a request in by returning undefined, or says why not: `signedBy(...)`, or one's own. */
  readonly authenticate?: Authenticator;
  /** Whether failures show the stack of the error. Default: only if NODE_ENV is `development`. */
  readonly showStacks?: boolean;
  /** Is told of every failure. Default: a line on the standard error output, with the stack of what a handler threw. */
  readonly onError?: (error: FunctionError) => void;
}

export type Authenticator = (request: EndpointRequest) => string | undefined | Promise<string | undefined>;

export interface RequestHead {
  readonly method: string;
  /** By lower-case name. */
  header(name: string): string | undefined;
}

export interface EndpointRequest extends RequestHead {
  readonly body: Uint8Array;
}

export interface EndpointReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export class HttpEndpoint {
  readonly maxBodyBytes: number;
  readonly #functions: FunctionSet;
  readonly #authenticate: Authenticator | undefined;
  readonly #showStacks: boolean;
  readonly #onError: (error: FunctionError) => void;
  readonly #description: EndpointReply;

  constructor(functions: readonly AnyFunction[], options: EndpointOptions = {}) {
    this.#functions = new FunctionSet(functions);
    this.maxBodyBytes = options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
    this.#authenticate = options.authenticate;
    this.#showStacks = options.showStacks ?? process.env['NODE_ENV'] === 'development';
    this.#onError = options.onError ?? logError;
    this.#description = {
      status: 200,
      headers: { 'content-type': DESCRIPTION_TYPE },
      body: Buffer.from(JSON.stringify(describe(this.#functions.definitions, this.maxBodyBytes))),
    };
  }

  /** The reply to a request that is refused whatever its body is. */
  refuse({ method, header }: RequestHead): EndpointReply | undefined {
    if (method === 'GET' || method === 'HEAD') return undefined;
    if (method !== 'POST') return this.fail(new FunctionError('method-not-allowed', `${method} is not POST or GET`));
    const type = mediaType(header('content-type'));
    if (type !== STATEFUN_TYPE && type !== SHARED_REQUEST_TYPE)
      return this.fail(
        new FunctionError('unsupported-media-type', `the content type is ${type || 'missing'}, not ${STATEFUN_TYPE}`),
      );
    const encoding = header('content-encoding') ?? 'identity';
    if (encoding !== 'identity')
      return this.fail(new FunctionError('unsupported-media-type', `the body is encoded as ${encoding}`));
    const length = Number(header('content-length') ?? 0);
    return length > this.maxBodyBytes ? this.tooLarge() : undefined;
  }

  tooLarge(): EndpointReply {
    return this.fail(new FunctionError('too-large', `the body is longer than ${this.maxBodyBytes} bytes`));
  }

  /** Never throws and never rejects. A promise only if something had to be waited for. */
  answer(request: EndpointRequest): EndpointReply | Promise<EndpointReply> {
    if (this.#authenticate === undefined) return this.#answerTrusted(request);
    return this.#answerAuthentic(request, this.#authenticate);
  }

  fail(error: unknown): EndpointReply {
    const { status, body, retryAfterMs } = this.#toFailure(error);
    const headers: Record<string, string> = { 'content-type': PROBLEM_TYPE };
    if (retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(retryAfterMs / 1000));
    if (status === 405) headers['allow'] = 'GET, HEAD, POST';
    return { status, headers, body: Buffer.from(body) };
  }

  async #answerAuthentic(request: EndpointRequest, authenticate: Authenticator): Promise<EndpointReply> {
    try {
      const refusal = await authenticate(request);
      if (refusal !== undefined) return this.fail(new FunctionError('not-authentic', refusal));
    } catch (error) {
      return this.fail(error);
    }
    return this.#answerTrusted(request);
  }

  #answerTrusted(request: EndpointRequest): EndpointReply | Promise<EndpointReply> {
    if (request.method !== 'POST') return this.#description;
    try {
      const isShared = mediaType(request.header('content-type')) === SHARED_REQUEST_TYPE;
      if (isShared) return this.#answerShared(decodeSharedRequest(request.body));
      const outcome = this.#functions.invoke(decodeToFunction(request.body));
      if (outcome instanceof Promise)
        return outcome.then(
          (result) => this.#succeed(result),
          (error: unknown) => this.fail(error),
        );
      return this.#succeed(outcome);
    } catch (error) {
      return this.fail(error);
    }
  }

  #succeed(outcome: InvocationOutcome): EndpointReply {
    try {
      return octets(STATEFUN_TYPE, encodeFromFunction(outcome));
    } catch (error) {
      return this.fail(error);
    }
  }

  /** All addresses at once: they do not wait for one another. */
  #answerShared(batches: readonly InvocationBatch[]): EndpointReply | Promise<EndpointReply> {
    const replies = batches.map((batch) => this.#settle(batch));
    const isPending = replies.some((reply) => reply instanceof Promise);
    if (!isPending) return octets(SHARED_REQUEST_TYPE, encodeSharedReplies(replies as SharedReply[]));
    return Promise.all(replies).then((settled) => octets(SHARED_REQUEST_TYPE, encodeSharedReplies(settled)));
  }

  #settle(batch: InvocationBatch): SharedReply | Promise<SharedReply> {
    try {
      const outcome = this.#functions.invoke(batch);
      return outcome instanceof Promise ? outcome.catch((error: unknown) => this.#toReply(error)) : outcome;
    } catch (error) {
      return this.#toReply(error);
    }
  }

  #toReply(error: unknown): SharedReply {
    const { status, body } = this.#toFailure(error);
    return { kind: 'failure', status, problem: body };
  }

  /** An observer that fails must not keep the answer back. */
  #tell(failure: FunctionError): void {
    try {
      this.#onError(failure);
    } catch (error) {
      logError(failure);
      logError(toFunctionError(error));
    }
  }

  #toFailure(error: unknown): { status: number; body: string; retryAfterMs: number | undefined } {
    const failure = toFunctionError(error);
    this.#tell(failure);
    const body = JSON.stringify(toProblem(failure, this.#showStacks));
    return { status: failure.status, body, retryAfterMs: failure.retryAfterMs };
  }
}

function octets(type: string, body: Uint8Array): EndpointReply {
  return { status: 200, headers: { 'content-type': type }, body };
}

function mediaType(contentType: string | undefined): string {
  if (contentType === STATEFUN_TYPE) return contentType;
  return (contentType ?? '').split(';')[0]!.trim().toLowerCase();
}

function toFunctionError(error: unknown): FunctionError {
  if (error instanceof FunctionError) return error;
  if (error instanceof ProtocolError)
    return new FunctionError('malformed-request', error.message, {}, { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  return new FunctionError('handler-failed', message, {}, { cause: error });
}

function logError(error: FunctionError): void {
  const { target, invocation } = error.place;
  const where =
    target === undefined ? '' : ` ${target.type} ${JSON.stringify(target.id)}, message ${invocation ?? '-'}:`;
  const stack = error.code === 'handler-failed' && error.cause instanceof Error ? `\n${error.cause.stack}` : '';
  process.stderr.write(`[${error.code}]${where} ${error.message.replace(/[\r\n]+/g, ' ')}${stack}\n`);
}
