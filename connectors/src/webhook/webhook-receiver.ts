/**
 * The receiver of alerts: one request for each try.
 *
 * Invariants
 * - Every try of an alert has the same Idempotency-Key, in every run; it is signed anew, at the time of the try.
 */
import type { ConnectorContext } from '../api/index.js';
import { ConnectorError } from '../api/index.js';
import { idempotencyKey } from '../calling/idempotency-key.js';
import { Poster, type PostOutcome } from '../calling/poster.js';
import { certificatesOf } from '../tls/certificates.js';
import type { Delivery } from './delivery.js';
import type { WebhookOptions } from './sink-options.js';

export class WebhookReceiver {
  readonly #poster: Poster;
  readonly #sign: ((body: Uint8Array) => Readonly<Record<string, string>>) | undefined;

  /** Throws a ConnectorError for options that cannot be used. */
  constructor(
    options: WebhookOptions,
    private readonly context: ConnectorContext,
  ) {
    const { tls, secrets = [] } = options;
    const subject = `egress ${context.name}`;
    const certificates = tls === undefined ? {} : { certificates: certificatesOf(tls, context.baseDir, subject) };
    this.#poster = new Poster({ ...options, ...certificates }, context);
    if (secrets.length > 0) this.#sign = signing(secrets, context, subject);
  }

  /** For messages. */
  get subject(): string {
    return this.#poster.subject;
  }

  async send({ id, body, traceparent }: Delivery): Promise<PostOutcome> {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const { context } = this;
    const began = context.now();
    const outcome = await this.#poster.post(bytes, {
      'idempotency-key': idempotencyKey([id]),
      ...(traceparent === undefined ? {} : { traceparent }),
      ...this.#sign?.(bytes),
    });
    context.metrics?.took('delivery', context.now() - began);
    if (outcome.kind === 'done') context.metrics?.count('deliveries.delivered');
    return outcome;
  }

  close(): void {
    this.#poster.close();
  }
}

function signing(
  secrets: readonly string[],
  context: ConnectorContext,
  subject: string,
): (body: Uint8Array) => Readonly<Record<string, string>> {
  const { sign } = context;
  if (sign === undefined) throw new ConnectorError('invalid-option', `${subject}: secrets: nothing is signed here`);
  const header = (body: Uint8Array): Readonly<Record<string, string>> => {
    const { name, value } = sign(secrets, body);
    return { [name]: value };
  };
  try {
    header(new Uint8Array());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConnectorError('invalid-option', `${subject}: secrets: ${error.message}`);
  }
  return header;
}
