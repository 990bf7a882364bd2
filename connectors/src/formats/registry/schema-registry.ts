/**
 * The schemas of a registry, by id. An id means the same schema for good, so each is fetched once and kept.
 *
 * Invariants
 * - What is decoded never waits: whoever reads messages has their schemas loaded first.
 * - A schema that the registry does not know makes its messages bad records; a registry that does not answer is an error
 *   that is worth another try.
 */
import { BadRecordError, ConnectorError } from '../../api/index.js';
import { isRefusal, RegistryClient, type RegisteredSchema, type RegistryAnswer } from './registry-client.js';
import type { RegistryOptions } from './registry-options.js';

export class SchemaRegistry<Schema> {
  readonly #known = new Map<number, Schema | BadRecordError>();
  readonly #loading = new Map<number, Promise<void>>();
  readonly #client: RegistryClient;

  /**
   * Throws a ConnectorError where its address is none.
   * @param compile of a schema; may throw, and then its messages are bad records
   */
  constructor(
    options: RegistryOptions,
    private readonly compile: (schema: RegisteredSchema) => Schema,
  ) {
    this.#client = new RegistryClient(options);
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
    const answer = await this.#client.ask(`/schemas/ids/${id}`);
    this.#known.set(
      id,
      isRefusal(answer) ? new BadRecordError(`the registry knows no schema ${id}`) : await this.#compiled(id, answer),
    );
  }

  async #compiled(id: number, answer: RegistryAnswer): Promise<Schema | BadRecordError> {
    try {
      return this.compile(await this.#client.whole(answer));
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      return new BadRecordError(
        `schema ${id} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
