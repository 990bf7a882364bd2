/**
 * Sends bodies by POST to one URL, one request for each call.
 *
 * | answer                                     | outcome                                  |
 * |--------------------------------------------|------------------------------------------|
 * | 2xx                                        | `done`                                   |
 * | 408, 429, 5xx, none in time, no connection | `retry`, with what Retry-After asks      |
 * | 3xx                                        | `refused`: redirects are not followed    |
 * | other 4xx, an address that is never called | `refused`                                |
 *
 * Invariants
 * - No request goes to an address that the rules refuse, whatever the URL or the name server says.
 * - It settles once, never later than `timeout`. Of an answer the head decides: a body is read for the sake of the connection,
 *   and one that is longer than ANSWER_BYTES_MAX, or not whole by `timeout`, ends with its connection.
 * - A connection of the pool that turns out to have been closed is replaced, once.
 * - Messages have the URL's origin and nothing else of it: in the rest there may be a secret.
 */
import { lookup } from 'node:dns';
import { Agent as PlainAgent, request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as secureRequest, type RequestOptions } from 'node:https';
import { ConnectorError, type ConnectorContext } from '../api/index.js';
import type { Certificates } from '../tls/certificates.js';
import { AddressRules } from './address-rules.js';
import { assertMayCall, checkedLookup, ForbiddenAddressError, type Resolve } from './checked-lookup.js';
import type { CallingOptions } from './calling-options.js';
import { assertHeaders } from './headers.js';
import { retryAfterMs } from './retry-after.js';

export type PostOutcome =
  | { readonly kind: 'done' }
  /** For good. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** `isTooMany`: 429. `retryAfter`: milliseconds. */
  | { readonly kind: 'retry'; readonly reason: string; readonly isTooMany?: true; readonly retryAfter?: number };

export interface PosterOptions extends CallingOptions {
  readonly url: string;
  /** Of https; absent: what Node trusts. */
  readonly certificates?: Certificates;
  /** Instead of the machine's own way to resolve names. */
  readonly resolve?: Resolve;
}

const ANSWER_BYTES_MAX = 64 * 1024;
/** Shorter than servers keep idle connections. */
const IDLE_MS = 4_000;
const STALE = new Set(['ECONNRESET', 'EPIPE']);

export class Poster {
  /** For messages: the egress and the URL's origin. */
  readonly subject: string;
  readonly #url: URL;
  readonly #agent: PlainAgent;
  readonly #place: RequestOptions;

  /** Throws a ConnectorError for a URL or header that cannot be used, and for an address that is never called. */
  constructor(
    private readonly options: PosterOptions,
    private readonly context: ConnectorContext,
  ) {
    const { url, headers, contentType, allowPrivate, certificates, resolve = lookup } = options;
    const egress = `egress ${context.name}`;
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
      throw new ConnectorError('invalid-option', `${egress}: url is no address: write https://HOST/PATH`);
    this.#url = parsed;
    this.subject = `${egress}: ${parsed.origin}`;
    assertHeaders({ 'content-type': contentType, ...headers }, egress);
    const rules = new AddressRules({ ...(context.callable ?? { trusted: true }), allowPrivate });
    // Brackets of an IPv6 address belong to the URL.
    const host = parsed.hostname.replace(/^\[|\]$/g, '');
    assertAllowed(rules, host, this.subject);
    const isSecure = parsed.protocol === 'https:';
    const keeping = { keepAlive: true, noDelay: true, timeout: IDLE_MS };
    this.#agent = isSecure ? new SecureAgent({ ...keeping, ...certificates }) : new PlainAgent(keeping);
    this.#place = {
      ...{ host, port: parsed.port, path: parsed.pathname + parsed.search, method: 'POST', agent: this.#agent },
      lookup: checkedLookup(rules, resolve),
      ...credentialsOf(parsed),
    };
  }

  post(body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<PostOutcome> {
    return new Promise((settle) => {
      let request: ClientRequest;
      const cancel = this.context.schedule(this.options.timeout, () => {
        settle({ kind: 'retry', reason: `no answer in ${this.options.timeout} ms` });
        request.destroy();
      });
      const send = (isSecond: boolean): void => {
        request = this.#request(body, headers);
        request.once('response', (response) => {
          settle(this.#judge(response));
          response.once('close', cancel);
          drain(response);
        });
        request.on('error', (error: NodeJS.ErrnoException) => {
          if (request.reusedSocket && STALE.has(error.code ?? '') && !isSecond) return send(true);
          cancel();
          settle(outcomeOf(error));
        });
        request.end(body);
      };
      send(false);
    });
  }

  /** What is under way is cut. */
  close(): void {
    this.#agent.destroy();
  }

  #request(body: Uint8Array, headers: Readonly<Record<string, string>>): ClientRequest {
    const make = this.#url.protocol === 'https:' ? secureRequest : plainRequest;
    return make({
      ...this.#place,
      headers: {
        'content-type': this.options.contentType,
        'content-length': body.length,
        'user-agent': 'tidegate',
        ...headers,
        ...this.options.headers,
      },
    });
  }

  #judge({ statusCode: status = 0, headers }: IncomingMessage): PostOutcome {
    if (status >= 200 && status < 300) return { kind: 'done' };
    const reason = `answered ${status}`;
    if (status >= 300 && status < 400) return { kind: 'refused', reason: `${reason}; redirects are not followed` };
    if (status < 500 && status !== 408 && status !== 429) return { kind: 'refused', reason };
    const retryAfter = retryAfterMs(headers['retry-after'], this.context.now());
    return {
      ...{ kind: 'retry', reason },
      ...(status === 429 ? { isTooMany: true } : {}),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    };
  }
}

/** So that the connection is free for the next request. */
function drain(response: IncomingMessage): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) response.destroy();
  });
  response.on('error', () => undefined);
}

function assertAllowed(rules: AddressRules, host: string, subject: string): void {
  try {
    assertMayCall(rules, { host });
  } catch (error) {
    if (!(error instanceof ForbiddenAddressError)) throw error;
    throw new ConnectorError('invalid-option', `${subject}: ${error.message}`);
  }
}

function credentialsOf({ username, password }: URL): { readonly auth?: string } {
  if (username === '' && password === '') return {};
  return { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` };
}

function outcomeOf(error: NodeJS.ErrnoException): PostOutcome {
  if (error instanceof ForbiddenAddressError) return { kind: 'refused', reason: error.message };
  return { kind: 'retry', reason: `cannot be reached${error.code === undefined ? '' : ` (${error.code})`}` };
}
