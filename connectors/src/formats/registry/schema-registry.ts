/**
 * The schemas of a registry, by id. An id means the same schema for good, so each is fetched once and kept.
 *
 * Invariants
 * - What is decoded never waits: whoever reads messages has their schemas loaded first.
 * - A schema that the registry does not know makes its messages bad records; a registry that does not answer is an error
 *   that is worth another try.
 */
import { BadRecordError, ConnectorError } from '../../api/index.js';
import type { RegistryOptions } from './registry-options.js';

/** As the registry gives it. */
export interface RegisteredSchema {
  readonly type: 'AVRO' | 'PROTOBUF' | 'JSON';
  readonly text: string;
  /** Texts of what it imports, by the name by which it does; those that others import stand before them. */
  readonly references: ReadonlyMap<string, string>;
}

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const REFERENCES_MAX = 200;
const UNKNOWN = 404;

/** How a registry writes a schema. */
interface Answer {
  readonly schema?: unknown;
  readonly schemaType?: unknown;
  readonly references?: unknown;
}

interface Reference {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

export class SchemaRegistry<Schema> {
  readonly #known = new Map<number, Schema | BadRecordError>();
  readonly #loading = new Map<number, Promise<void>>();
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;

  /**
   * Throws a ConnectorError where its address is none.
   * @param compile of a schema; may throw, and then its messages are bad records
   */
  constructor(
    { url, username, password, token }: RegistryOptions,
    private readonly compile: (schema: RegisteredSchema) => Schema,
  ) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new ConnectorError('invalid-option', 'registry: the url must begin with http:// or https://');
    // Credentials in the address are kept out of messages.
    const { origin, pathname, username: user, password: secret } = new URL(url);
    this.#base = origin + pathname.replace(/\/$/, '');
    const name = username ?? decodeURIComponent(user);
    const basic = Buffer.from(`${name}:${password ?? decodeURIComponent(secret)}`).toString('base64');
    this.#headers = {
      accept: 'application/vnd.schemaregistry.v1+json, application/json',
      ...(token !== undefined
        ? { authorization: `Bearer ${token}` }
        : name !== ''
          ? { authorization: `Basic ${basic}` }
          : {}),
    };
  }

  /** Of one that was loaded. @throws BadRecordError where there is none, or it cannot be used */
  get(id: number): Schema {
    const known = this.#known.get(id);
    if (known === undefined) throw new Error(`schema ${id} was not loaded`);
    if (known instanceof BadRecordError) throw known;
    return known;
  }

  /** @returns undefined where it is there; rejects with a ConnectorError */
  load(id: number): Promise<void> | undefined {
    if (this.#known.has(id)) return undefined;
    let loading = this.#loading.get(id);
    if (loading === undefined) {
      loading = this.#fetch(id).finally(() => this.#loading.delete(id));
      this.#loading.set(id, loading);
    }
    return loading;
  }

  async #fetch(id: number): Promise<void> {
    const answer = await this.#ask(`/schemas/ids/${id}`);
    this.#known.set(
      id,
      answer === undefined
        ? new BadRecordError(`the registry knows no schema ${id}`)
        : await this.#compiled(id, answer),
    );
  }

  async #compiled(id: number, answer: Answer): Promise<Schema | BadRecordError> {
    const references = new Map<string, string>();
    await this.#resolve(answer, references);
    try {
      const { schemaType = 'AVRO', schema } = answer;
      return this.compile({ type: schemaType as RegisteredSchema['type'], text: textOf(schema), references });
    } catch (error) {
      return new BadRecordError(
        `schema ${id} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  /** Adds what it refers to, and what that refers to before it. */
  async #resolve({ references }: Answer, into: Map<string, string>): Promise<void> {
    for (const { name, subject, version } of Array.isArray(references) ? (references as readonly Reference[]) : []) {
      if (into.has(name)) continue;
      if (into.size >= REFERENCES_MAX) throw this.#failed('has schemas that refer to ever more');
      const answer = await this.#ask(`/subjects/${encodeURIComponent(subject)}/versions/${version}`);
      if (answer === undefined)
        throw this.#failed(`does not know version ${version} of ${subject}, which it refers to`);
      await this.#resolve(answer, into);
      into.set(name, textOf(answer.schema));
    }
  }

  /** @returns undefined where it is not known */
  async #ask(path: string): Promise<Answer | undefined> {
    try {
      const response = await fetch(this.#base + path, {
        headers: this.#headers,
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (response.status === UNKNOWN) {
        await response.body?.cancel();
        return undefined;
      }
      if (!response.ok) throw this.#failed(`answered ${response.status}`);
      return JSON.parse(await boundedText(response)) as Answer;
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      throw this.#failed('cannot be reached, or does not answer as one', error);
    }
  }

  #failed(what: string, cause?: unknown): ConnectorError {
    return new ConnectorError('unavailable', `the schema registry ${this.#base} ${what}`, { cause, retriable: true });
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
