/** Sends one request until it is answered well, with pauses that grow. What an answer means is the Poster's table. */
import { ConnectorError, type ConnectorContext } from '../api/index.js';
import { Poster, type PostOutcome } from '../calling/poster.js';
import { retryPause } from '../calling/retry-pause.js';
import type { HttpSinkOptions } from './sink-options.js';

export class HttpSender {
  readonly #poster: Poster;

  /** Throws a ConnectorError for an address or header that cannot be used. */
  constructor(
    readonly options: HttpSinkOptions,
    readonly context: ConnectorContext,
  ) {
    this.#poster = new Poster(options, context);
  }

  /** For messages. */
  get subject(): string {
    return this.#poster.subject;
  }

  /** Rejects with a ConnectorError: `refused`, or `unavailable` when the retries are used up. */
  async send(body: string | Uint8Array, idempotencyKey: string | undefined): Promise<void> {
    const headers: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    for (let retries = 0; ; retries++) {
      const outcome = await this.#poster.post(bytes, headers);
      if (outcome.kind === 'done') return;
      const said = `${this.subject}: ${outcome.reason}`;
      if (outcome.kind === 'refused') throw new ConnectorError('refused', said);
      if (retries >= this.options.retries)
        throw new ConnectorError('unavailable', `${said}, after ${retries} retries`, { retriable: true });
      const pause = this.#pause(retries, outcome);
      this.context.log?.(`${said}; again in ${pause} ms`);
      await new Promise<void>((resolve) => this.context.schedule(pause, resolve));
    }
  }

  close(): void {
    this.#poster.close();
  }

  #pause(retries: number, { retryAfter = 0 }: Extract<PostOutcome, { kind: 'retry' }>): number {
    const pause = retryPause(this.options, retries, this.context.random());
    return Math.min(this.options.maxBackoff, Math.max(pause, retryAfter));
  }
}
