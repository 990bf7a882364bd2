/**
 * Asks a schema registry, as Confluent's answers (its "Schema Registry API Reference").
 *
 * Invariants
 * - A registry that does not answer, or not well, is an error that is worth another try: the job begins again by its restart strategy. One
 *   that refuses who asks is not.
 * - Nothing is followed elsewhere, no answer is read without an end, and no message holds credentials.
 */
import { ConnectorError, type ConnectorErrorCode } from '../../api/index.js';
import type { RegistryOptions } from './registry-options.js';

/** As the registry gives it. */
export interface RegisteredSchema {
  readonly type: 'AVRO' | 'PROTOBUF' | 'JSON';
  readonly text: string;
  /** Texts of what it imports, by the name by which it does; those that others import stand before them. */
  readonly references: ReadonlyMap<string, string>;
}

/** What is found behind an address, as far as it is of use here. */
export interface RegistryAnswer {
  readonly id?: unknown;
  readonly schema?: unknown;
  readonly schemaType?: unknown;
  readonly references?: unknown;
}

/** It knows no such thing, or will not have it. */
export interface RegistryRefusal {
  readonly status: number;
  readonly errorCode: number | undefined;
  readonly message: string;
}

interface Reference {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const REFERENCES_MAX = 200;
const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';
const UNKNOWN = 404;
/** Answers to who brings a schema: unknown, not compatible, no schema. */
const REFUSALS = [UNKNOWN, 409, 422];
const NOT_ALLOWED = [401, 403];

export class RegistryClient {
  /** Its address, for messages. */
  readonly base: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** Throws a ConnectorError where its address is none. */
  constructor({ url, username, password, token }: RegistryOptions) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new ConnectorError('invalid-option', 'registry: the url must begin with http:// or https://');
    // Credentials in the address are kept out of messages.
    const { origin, pathname, username: user, password: secret } = new URL(url);
    this.base = origin + pathname.replace(/\/$/, '');
    const name = username ?? decodeURIComponent(user);
    const basic = Buffer.from(`${name}:${password ?? decodeURIComponent(secret)}`).toString('base64');
    this.#headers = {
      accept: `${MEDIA_TYPE}, application/json`,
      ...(token !== undefined
        ? { authorization: `Bearer ${token}` }
        : name !== ''
          ? { authorization: `Basic ${basic}` }
          : {}),
    };
  }

  /** @param body of a POST; absent: a GET. Rejects with a ConnectorError */
  async ask(path: string, body?: object): Promise<RegistryAnswer | RegistryRefusal> {
    try {
      const response = await fetch(this.base + path, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        headers: { ...this.#headers, ...(body === undefined ? {} : { 'content-type': MEDIA_TYPE }) },
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await boundedText(response);
      if ((body === undefined ? [UNKNOWN] : REFUSALS).includes(response.status)) return refusal(response.status, text);
      if (!response.ok)
        throw this.failed(`answered ${response.status}`, {
          code: NOT_ALLOWED.includes(response.status) ? 'refused' : 'unavailable',
        });
      return JSON.parse(text) as RegistryAnswer;
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      throw this.failed('cannot be reached, or does not answer as one', { cause: error });
    }
  }

  /** With what it refers to, and what that refers to before it. Rejects with a ConnectorError. */
  async whole(answer: RegistryAnswer): Promise<RegisteredSchema> {
    const references = new Map<string, string>();
    await this.#resolve(answer, references);
    const { schemaType = 'AVRO', schema } = answer;
    return { type: schemaType as RegisteredSchema['type'], text: textOf(schema), references };
  }

  failed(
    what: string,
    { cause, code = 'unavailable' }: { readonly cause?: unknown; readonly code?: ConnectorErrorCode } = {},
  ): ConnectorError {
    const retriable = code === 'unavailable';
    return new ConnectorError(code, `the schema registry ${this.base} ${what}`, { cause, retriable });
  }

  async #resolve({ references }: RegistryAnswer, into: Map<string, string>): Promise<void> {
    for (const { name, subject, version } of Array.isArray(references) ? (references as readonly Reference[]) : []) {
      if (into.has(name)) continue;
      if (into.size >= REFERENCES_MAX) throw this.failed('has schemas that refer to ever more');
      const answer = await this.ask(`/subjects/${encodeURIComponent(subject)}/versions/${version}`);
      if (isRefusal(answer)) throw this.failed(`does not know version ${version} of ${subject}, which it refers to`);
      await this.#resolve(answer, into);
      into.set(name, textOf(answer.schema));
    }
  }
}

export function isRefusal(answer: RegistryAnswer | RegistryRefusal): answer is RegistryRefusal {
  return 'status' in answer;
}

function refusal(status: number, text: string): RegistryRefusal {
  const { error_code: code, message } = objectIn(text);
  return {
    status,
    errorCode: typeof code === 'number' ? code : undefined,
    message: typeof message === 'string' ? message : `it answered ${status}`,
  };
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

function textOf(schema: unknown): string {
  if (typeof schema !== 'string') throw new Error('it has no text');
  return schema;
}

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    parts.push(part as Uint8Array);
    if ((bytes += (part as Uint8Array).length) > ANSWER_BYTES_MAX) throw new Error('its answer is too long');
  }
  return Buffer.concat(parts).toString();
}
