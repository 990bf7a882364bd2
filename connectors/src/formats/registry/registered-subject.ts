/**
 * The schema that an egress writes by, and its id: found below a subject of the registry when the egress starts, and then kept. Nobody is
 * asked while records are written.
 */
import { ConnectorError } from '../../api/index.js';
import {
  isRefusal,
  RegistryClient,
  type RegisteredSchema,
  type RegistryAnswer,
  type RegistryRefusal,
} from './registry-client.js';
import type { RegistryOptions } from './registry-options.js';

/** One that lies beside the application. */
export interface OwnSchema<Schema> {
  readonly text: string;
  readonly compiled: Schema;
}

export interface IdentifiedSchema<Schema> {
  readonly id: number;
  readonly schema: Schema;
}

const UNKNOWN_SUBJECT = 40401;

export class RegisteredSubject<Schema> {
  readonly #client: RegistryClient;
  readonly #subject: string;

  /**
   * Throws a ConnectorError where the registry's address is none.
   * @param type of schemas, as the registry calls it
   * @param own absent: the latest that is registered is taken
   * @param compile of a schema of this type; may throw what is wrong with it
   */
  constructor(
    private readonly options: RegistryOptions,
    private readonly type: RegisteredSchema['type'],
    private readonly own: OwnSchema<Schema> | undefined,
    private readonly compile: (schema: RegisteredSchema) => Schema,
  ) {
    this.#client = new RegistryClient(options);
    this.#subject = options.subject ?? '';
  }

  /** Rejects with a ConnectorError. */
  find(): Promise<IdentifiedSchema<Schema>> {
    return this.own === undefined ? this.#latest() : this.#idOf(this.own);
  }

  async #latest(): Promise<IdentifiedSchema<Schema>> {
    const answer = await this.#client.ask(`${this.#path}/versions/latest`);
    if (isRefusal(answer)) throw this.#refused(answer);
    return { id: this.#id(answer.id), schema: await this.#compiled(answer) };
  }

  /** The one that is registered, or registers it. */
  async #idOf({ text, compiled }: OwnSchema<Schema>): Promise<IdentifiedSchema<Schema>> {
    const body = { schema: text, ...(this.type === 'AVRO' ? {} : { schemaType: this.type }) };
    const answer = await this.#client.ask(this.options.register === true ? `${this.#path}/versions` : this.#path, body);
    if (isRefusal(answer)) throw this.#refused(answer);
    return { id: this.#id(answer.id), schema: compiled };
  }

  async #compiled(answer: RegistryAnswer): Promise<Schema> {
    try {
      const schema = await this.#client.whole(answer);
      if (schema.type !== this.type) throw new Error(`it is of type ${schema.type}`);
      return this.compile(schema);
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw this.#client.failed(`has a schema below ${this.#subject} that cannot be used: ${reason}`, {
        code: 'invalid-option',
        cause: error,
      });
    }
  }

  get #path(): string {
    return `/subjects/${encodeURIComponent(this.#subject)}`;
  }

  #id(id: unknown): number {
    if (typeof id === 'number') return id;
    throw this.#client.failed(`says no id of the schema below ${this.#subject}`);
  }

  #refused({ status, errorCode, message }: RegistryRefusal): ConnectorError {
    const subject = `subject ${this.#subject}`;
    if (status !== 404) return this.#client.failed(`does not take the schema for ${subject}: ${message}`, FOR_GOOD);
    const help = 'register it, or give a schema and register: true';
    if (errorCode === UNKNOWN_SUBJECT) return this.#client.failed(`knows no ${subject}: ${help}`, FOR_GOOD);
    return this.#client.failed(`does not have this schema below ${subject}: ${help}`, FOR_GOOD);
  }
}

const FOR_GOOD = { code: 'refused' } as const;
