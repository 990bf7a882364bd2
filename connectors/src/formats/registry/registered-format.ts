/** Messages that name their schema in a schema registry, which is fetched before they are decoded. */
import { BadRecordError } from '../../api/index.js';
import { MessageFormat } from '../message-format.js';
import { unframed } from './confluent-wire.js';
import type { SchemaRegistry } from './schema-registry.js';

export class RegisteredFormat<Schema> extends MessageFormat {
  /**
   * @param name of the format
   * @param read the value of what stands behind the schema's id; throws BadRecordError
   */
  constructor(
    name: string,
    mediaType: string,
    private readonly registry: SchemaRegistry<Schema>,
    read: (schema: Schema, body: Buffer) => unknown,
  ) {
    super(name, mediaType, (payload) => {
      const { schemaId, body } = unframed(payload);
      return read(registry.get(schemaId), body);
    });
  }

  /** Sees to it that the schema of this message is there. @returns undefined where it is */
  prepare(payload: Uint8Array): Promise<void> | undefined {
    try {
      return this.registry.load(unframed(Buffer.from(payload.buffer, payload.byteOffset, payload.length)).schemaId);
    } catch (error) {
      // It is found bad when it is decoded.
      if (error instanceof BadRecordError) return undefined;
      throw error;
    }
  }
}
