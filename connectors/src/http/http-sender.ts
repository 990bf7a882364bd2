/**
 * Sends one request until it is answered well.
 *
 * | answer                                     | what happens                                     |
 * |--------------------------------------------|--------------------------------------------------|
 * | 2xx                                        | done                                             |
 * | 408, 429, 5xx, none in time, no connection | again after a pause, or after what Retry-After asks |
 * | 3xx                                        | refused: redirects are not followed              |
 * | other 4xx                                  | refused for good                                 |
 */
import { ConnectorError, type ConnectorContext } from '../api/index.js';
import type { HttpSinkOptions } from './sink-options.js';

/** `retryAfter`: milliseconds. */
type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'retry'; readonly reason: string; readonly retryAfter?: number };

export class HttpSender {
  readonly #origin: string;

  constructor(
    readonly options: HttpSinkOptions,
    readonly context: ConnectorContext,
  ) {
    // Credentials in the address are kept out of messages.
    const { origin, pathname } = new URL(options.url);
    this.#origin = origin + pathname;
  }

  /** Rejects with a ConnectorError: `refused`, or `unavailable` when the retries are used up. */
  async send(body: string | Uint8Array, idempotencyKey: string | undefined): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#attempt(body, idempotencyKey);
      if (outcome.kind === 'done') return;
      const said = `${this.#origin}: ${outcome.reason}`;
      if (outcome.kind === 'refused') throw new ConnectorError('refused', said);
      if (attempt >= this.options.retries) {
        throw new ConnectorError('unavailable', `${said}, after ${attempt} retries`, { retriable: true });
      }
      const pause = this.#pause(attempt, outcome.retryAfter);
      this.context.log?.(`egress ${this.context.name}: ${said}; again in ${pause} ms`);
      await new Promise<void>((resolve) => this.context.schedule(pause, resolve));
    }
  }

  async #attempt(body: string | Uint8Array, idempotencyKey: string | undefined): Promise<Outcome> {
    const { url, headers, contentType, timeout } = this.options;
    const abort = new AbortController();
    const cancel = this.context.schedule(timeout, () => abort.abort());
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        redirect: 'manual',
        signal: abort.signal,
        headers: {
          'content-type': contentType,
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
          ...headers,
        },
      });
      // The answer's body says nothing that is needed, and may be of any size.
      await response.body?.cancel();
      return this.#judge(response);
    } catch (error) {
      return { kind: 'retry', reason: abort.signal.aborted ? `no answer in ${timeout} ms` : describe(error) };
    } finally {
      cancel();
    }
  }

  #judge({ status, ok, headers }: Response): Outcome {
    if (ok) return { kind: 'done' };
    const reason = `answered ${status}`;
    if (status >= 300 && status < 400) return { kind: 'refused', reason: `${reason}; redirects are not followed` };
    if (status < 500 && status !== 408 && status !== 429) return { kind: 'refused', reason };
    const retryAfter = this.#retryAfter(headers.get('retry-after'));
    return { kind: 'retry', reason, ...(retryAfter === undefined ? {} : { retryAfter }) };
  }

  /** Seconds or a date, as milliseconds from now. */
  #retryAfter(header: string | null): number | undefined {
    if (header === null) return undefined;
    const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - this.context.now();
    return Number.isNaN(ms) ? undefined : Math.max(0, ms);
  }

  /** Between half and all of a doubling time, so that many senders do not come back at once. */
  #pause(attempt: number, retryAfter: number | undefined): number {
    const { backoff, maxBackoff } = this.options;
    const full = Math.min(maxBackoff, backoff * 2 ** attempt);
    const jittered = Math.round(full * (0.5 + this.context.random() / 2));
    return Math.min(maxBackoff, Math.max(jittered, retryAfter ?? 0));
  }
}

function describe(error: unknown): string {
  // fetch hides what happened in the cause.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `cannot be reached${code}`;
}
