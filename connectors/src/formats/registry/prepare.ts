/** For formats whose messages name their schema. */
import { BadRecordError } from '../../api/index.js';
import { unframed } from './confluent-wire.js';
import type { SchemaRegistry } from './schema-registry.js';

/** Sees to it that the schema of this message is there. @returns undefined where it is */
export function prepare(registry: SchemaRegistry<unknown>, payload: Uint8Array): Promise<void> | undefined {
  try {
    return registry.load(unframed(Buffer.from(payload.buffer, payload.byteOffset, payload.length)).schemaId);
  } catch (error) {
    // It is found bad when it is decoded.
    if (error instanceof BadRecordError) return undefined;
    throw error;
  }
}
