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
import { decodeSharedRequest, SHARED_REQUEST_TYPE, type SharedReply } from '../wire/shared-request.js';
import { decodeToFunction } from '../wire/to-function.js';
import { describe, DESCRIPTION_TYPE } from './description.js';
import { FailureAnswers, type FailureOptions } from './failure-answers.js';
import { PROBLEM_TYPE } from './problem.js';
import { sharedAnswer, unwritable } from './shared-answer.js';

export const STATEFUN_TYPE = 'application/octet-stream';
export const DEFAULT_MAX_BODY_BYTES = 32 * 1024 * 1024;

export interface EndpointOptions extends FailureOptions {
  /** Larger requests are refused with 413. Default: 32 MiB. */
  readonly maxBodyBytes?: number;
  /** Lets a request in by returning undefined, or says why not: `signedBy(...)`, or one's own. */
  readonly authenticate?: Authenticator;
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
  readonly #failures: FailureAnswers;
  readonly #description: EndpointReply;

  constructor(functions: readonly AnyFunction[], options: EndpointOptions = {}) {
    this.#functions = new FunctionSet(functions);
    this.maxBodyBytes = options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
    this.#authenticate = options.authenticate;
    this.#failures = new FailureAnswers(options);
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
    const { status, body, retryAfterMs } = this.#failures.of(error);
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
      const batch = decodeToFunction(request.body);
      const outcome = this.#functions.invoke(batch);
      if (outcome instanceof Promise)
        return outcome.then(
          (result) => this.#succeed(batch, result),
          (error: unknown) => this.fail(error),
        );
      return this.#succeed(batch, outcome);
    } catch (error) {
      return this.fail(error);
    }
  }

  #succeed(batch: InvocationBatch, outcome: InvocationOutcome): EndpointReply {
    try {
      return octets(STATEFUN_TYPE, encodeFromFunction(outcome));
    } catch (error) {
      return this.fail(unwritable(batch, error));
    }
  }

  /** All addresses at once: they do not wait for one another. */
  #answerShared(batches: readonly InvocationBatch[]): EndpointReply | Promise<EndpointReply> {
    const replies = batches.map((batch) => this.#settle(batch));
    const answer = (settled: readonly SharedReply[]): EndpointReply =>
      octets(SHARED_REQUEST_TYPE, sharedAnswer(batches, settled, this.#failures));
    if (!replies.some((reply) => reply instanceof Promise)) return answer(replies as SharedReply[]);
    return Promise.all(replies)
      .then(answer)
      .catch((error: unknown) => this.fail(error));
  }

  #settle(batch: InvocationBatch): SharedReply | Promise<SharedReply> {
    try {
      const outcome = this.#functions.invoke(batch);
      return outcome instanceof Promise ? outcome.catch((error: unknown) => this.#failures.shared(error)) : outcome;
    } catch (error) {
      return this.#failures.shared(error);
    }
  }
}

function octets(type: string, body: Uint8Array): EndpointReply {
  return { status: 200, headers: { 'content-type': type }, body };
}

function mediaType(contentType: string | undefined): string {
  if (contentType === STATEFUN_TYPE) return contentType;
  return (contentType ?? '').split(';')[0]!.trim().toLowerCase();
}
