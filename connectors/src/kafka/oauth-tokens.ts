/**
 * Tokens for OAUTHBEARER by OAuth 2.0's client credentials (RFC 6749, 4.4).
 *
 * Invariants
 * - One request is under way at most; whoever asks meanwhile gets its answer.
 * - A token is given out only while a fifth of its time is left.
 */
import { ConnectorError, type ConnectorContext } from '../api/index.js';
import { isLoopback } from '../http/addresses.js';

export interface OauthClient {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string | undefined;
}

const TIMEOUT_MS = 10_000;
/** Where the answer does not say. */
const LIFETIME_S = 300;
const USED_PART = 0.8;

interface Token {
  readonly value: string;
  /** Epoch milliseconds from which it is not given out any more. */
  readonly until: number;
}

export class OauthTokens {
  #token: Token | undefined;
  #asking: Promise<Token> | undefined;
  #failure: ConnectorError | undefined;
  readonly #url: URL;

  /** Throws a ConnectorError where the secret would be sent in the clear. @param subject for messages */
  constructor(
    private readonly client: OauthClient,
    private readonly subject: string,
    private readonly context: ConnectorContext,
  ) {
    const url = URL.canParse(client.url) ? new URL(client.url) : undefined;
    if (url === undefined || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))))
      throw new ConnectorError('invalid-option', `${subject}: sasl.oauthbearer.tokenUrl must begin with https://`);
    this.#url = url;
  }

  /** Why there was no token when one was wanted last: kafkajs does not say. */
  get failure(): ConnectorError | undefined {
    return this.#failure;
  }

  async current(): Promise<string> {
    if (this.#token !== undefined && this.context.now() < this.#token.until) return this.#token.value;
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    this.#token = await this.#asking;
    this.#failure = undefined;
    return this.#token.value;
  }

  async #ask(): Promise<Token> {
    const { clientId, clientSecret, scope } = this.client;
    const asked = this.context.now();
    const answer = await this.#post(
      new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) }),
      `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`,
    );
    const { access_token: value, expires_in: lifetime } = answer as Record<string, unknown>;
    if (typeof value !== 'string') throw this.#failed('has answered without a token');
    const seconds = typeof lifetime === 'number' && lifetime > 0 ? lifetime : LIFETIME_S;
    return { value, until: asked + seconds * 1000 * USED_PART };
  }

  async #post(body: URLSearchParams, authorization: string): Promise<unknown> {
    const abort = new AbortController();
    const cancel = this.context.schedule(TIMEOUT_MS, () => abort.abort());
    try {
      const { signal } = abort;
      const response = await fetch(this.#url, {
        method: 'POST',
        body,
        redirect: 'error',
        signal,
        headers: { authorization, accept: 'application/json' },
      });
      if (!response.ok) throw this.#failed(`answered ${response.status}`);
      return await response.json();
    } catch (cause) {
      if (cause instanceof ConnectorError) throw cause;
      throw this.#failed(abort.signal.aborted ? `gave no answer in ${TIMEOUT_MS} ms` : 'cannot be reached', cause);
    } finally {
      cancel();
    }
  }

  #failed(what: string, cause?: unknown): ConnectorError {
    const { origin, pathname } = this.#url;
    const message = `${this.subject}: ${origin}${pathname}, which gives tokens, ${what}`;
    return (this.#failure = new ConnectorError('unavailable', message, { retriable: true, cause }));
  }
}
