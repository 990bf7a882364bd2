/**
 * One endpoint of remote functions: its URL, its connections, and what is known of it.
 *
 * Invariants
 * - No request goes to an address that the rules refuse, whatever the URL, the name server or a redirect says.
 * - What a call comes to is always told later than the call, never from within it.
 * - Where an endpoint that had offered shared requests has been replaced by one that does not know them, a shared request becomes
 *   one for each batch: nothing is lost to it.
 */
import { type AddressRules, assertMayCall, checkedLookup, type Resolve } from '@tidegate/connectors/calling';
import {
  encodeSharedRequest,
  encodeToFunction,
  SHARED_REQUEST_TYPE,
  type EndpointDescription,
  type InvocationBatch,
} from '@tidegate/functions-sdk/protocol';
import { sign, SIGNATURE_HEADER } from '@tidegate/functions-sdk/signature';
import { messageOf } from '../../common/errors.js';
import { nameInNamespace } from '../../common/function-namespace.js';
import type { CallFailure, CallOutcome, Cancel } from '../../functions/function-client.js';
import type { HttpEndpointDescriptor } from '../../job/function-endpoint.js';
import { Connections } from './connections.js';
import { describesNothing, readDescription } from './description-reply.js';
import { Dialler } from './dialler.js';
import { later } from './later.js';
import { Exchange, type ExchangeOptions, type ExchangeRequest, type HttpReply } from './exchange.js';
import { readReply, readSharedReply, STATEFUN_TYPE } from './reply-reading.js';
import { requestFailure, type RequestFailure } from './request-failure.js';
import { UrlTemplate, type RequestTarget } from '../../job/url-template.js';

const NO_HEADERS = {};
const NO_BODY = new Uint8Array();

/** What an endpoint needs of the world. */
export interface EndpointWorld {
  readonly rules: AddressRules;
  readonly resolve: Resolve;
  /** Epoch milliseconds. */
  now(): number;
}

/** Who answers POST alone may leave a GET without an answer, and is called all the same. */
const DESCRIBE_MS_MAX = 3000;
const ANSWERS_TO_UNKNOWN_TYPES = new Set([405, 406, 415, 501]);

export class RemoteEndpoint {
  readonly #template: UrlTemplate;
  readonly #connections: Connections;
  readonly #exchange: ExchangeOptions;
  readonly #open = new Set<Exchange>();
  readonly #checked = new WeakSet<RequestTarget>();
  /** What the endpoint has said that it takes. */
  #maxRequestBytes = Number.POSITIVE_INFINITY;

  /** @throws RangeError for the URL; Error for certificates */
  constructor(
    private readonly descriptor: HttpEndpointDescriptor,
    private readonly world: EndpointWorld,
  ) {
    const { url, tls, timeoutMs, connectTimeoutMs, readTimeoutMs, writeTimeoutMs, maxAnswerBytes } = descriptor;
    this.#template = new UrlTemplate(url);
    const lookup = checkedLookup(world.rules, world.resolve);
    this.#connections = new Connections(
      new Dialler(this.#template.secure, { lookup, tls, timeoutMs: Math.min(connectTimeoutMs, timeoutMs) }),
    );
    this.#exchange = {
      connections: this.#connections,
      maxReplyBytes: maxAnswerBytes,
      timeouts: {
        call: timeoutMs,
        ...(readTimeoutMs === undefined ? {} : { read: readTimeoutMs }),
        ...(writeTimeoutMs === undefined ? {} : { write: writeTimeoutMs }),
      },
    };
  }

  /** @param done given one outcome for each batch, in their order */
  call(batches: readonly InvocationBatch[], done: (outcomes: readonly CallOutcome[]) => void): Cancel {
    const [first, second] = batches;
    if (first !== undefined && second === undefined) return this.#callOne(first, (outcome) => done([outcome]));
    if (first !== undefined && !this.#template.namesFunction) return this.#callShared(first, batches, done);
    return this.#callEach(batches, done);
  }

  describe(done: (told: EndpointDescription | CallFailure) => void): Cancel {
    const { namesFunction, host } = this.#template;
    // Each function has a URL of its own, and there is none for all.
    if (namesFunction) return later(() => done(describesNothing(host ?? this.descriptor.url)));
    // Signed as well: what functions there are is told to nobody who may not call them.
    const headers = this.#signature(NO_BODY);
    return this.#send({ method: 'GET', function: '', headers, callMs: DESCRIBE_MS_MAX }, (reply, shown) => {
      const told = reply.kind === 'failure' ? reply : readDescription(reply, shown, this.world.now());
      if (!('kind' in told)) this.#maxRequestBytes = told.limits.maxBodyBytes;
      done(told);
    });
  }

  /** What is under way is cancelled. */
  close(): void {
    for (const exchange of this.#open) exchange.cancel();
    this.#open.clear();
    this.#connections.close();
  }

  #callOne(batch: InvocationBatch, done: (outcome: CallOutcome) => void): Cancel {
    const { target, traceparent } = batch;
    const settle: Settle = (reply, shown) =>
      done(reply.kind === 'failure' ? reply : readReply(reply, shown, this.world.now()));
    // Of a request that is one call, also for who traces HTTP.
    const headers = traceparent === undefined ? NO_HEADERS : { traceparent };
    return this.#post(STATEFUN_TYPE, target.type, encodeToFunction(batch), settle, headers);
  }

  #callShared(
    first: InvocationBatch,
    batches: readonly InvocationBatch[],
    done: (outcomes: readonly CallOutcome[]) => void,
  ): Cancel {
    const body = encodeSharedRequest(batches);
    if (body.length > this.#maxRequestBytes) return this.#callEach(batches, done);
    let cancel = this.#post(SHARED_REQUEST_TYPE, first.target.type, body, (reply, shown) => {
      if (reply.kind === 'reply' && ANSWERS_TO_UNKNOWN_TYPES.has(reply.status)) {
        cancel = this.#callEach(batches, done);
        return;
      }
      const read = reply.kind === 'failure' ? reply : readSharedReply(reply, batches.length, shown, this.world.now());
      done('kind' in read ? batches.map(() => read) : read);
    });
    return () => cancel();
  }

  #callEach(batches: readonly InvocationBatch[], done: (outcomes: readonly CallOutcome[]) => void): Cancel {
    const outcomes: CallOutcome[] = [];
    let waiting = batches.length;
    const cancels = batches.map((batch, i) =>
      this.#callOne(batch, (outcome) => {
        outcomes[i] = outcome;
        if (--waiting === 0) done(outcomes);
      }),
    );
    return () => cancels.forEach((cancel) => cancel());
  }

  #post(
    contentType: string,
    functionType: string,
    body: Uint8Array,
    settle: Settle,
    further: Readonly<Record<string, string>> = NO_HEADERS,
  ): Cancel {
    if (body.length > this.#maxRequestBytes) {
      const message = `${this.descriptor.url}: the request has ${body.length} bytes, the endpoint takes ${this.#maxRequestBytes}`;
      return later(() => settle(requestFailure('too-large', message), this.descriptor.url));
    }
    const headers = {
      'content-type': contentType,
      accept: contentType,
      'user-agent': 'tidegate',
      ...further,
      ...this.#signature(body),
    };
    return this.#send({ method: 'POST', function: functionType, headers, body }, settle);
  }

  #signature(body: Uint8Array): Readonly<Record<string, string>> {
    const { secrets } = this.descriptor;
    return secrets === undefined ? NO_HEADERS : { [SIGNATURE_HEADER]: sign(secrets, body, this.world.now()) };
  }

  #send({ function: type, callMs = Infinity, ...asked }: Asked, settle: Settle): Cancel {
    let target: RequestTarget;
    try {
      target = this.#target(type);
    } catch (error) {
      const failure = requestFailure('forbidden', `${this.descriptor.url}: ${messageOf(error)}`);
      return later(() => settle(failure, this.descriptor.url));
    }
    const { timeouts } = this.#exchange;
    const options =
      callMs < timeouts.call ? { ...this.#exchange, timeouts: { ...timeouts, call: callMs } } : this.#exchange;
    const exchange = new Exchange({ ...asked, target }, options, (result) => {
      this.#open.delete(exchange);
      settle(result, target.shown);
    });
    this.#open.add(exchange);
    return () => {
      this.#open.delete(exchange);
      exchange.cancel();
    };
  }

  /** @throws RangeError; ForbiddenAddressError */
  #target(functionType: string): RequestTarget {
    const target = this.#template.target(nameInNamespace(functionType));
    if (!this.#checked.has(target)) {
      assertMayCall(this.world.rules, target);
      this.#checked.add(target);
    }
    return target;
  }
}

/** A request to the URL of a function of this type. */
interface Asked extends Omit<ExchangeRequest, 'target'> {
  readonly function: string;
  /** Where it may not take as long as a call may, ms. */
  readonly callMs?: number;
}

type Settle = (result: HttpReply | RequestFailure, shown: string) => void;
