/** Stream records as state: events that patterns and functions keep, each written by the schema of its source. */
import { ReadDictionary, WriteDictionary } from '../../record/codec/dictionary.js';
import { RecordResolver } from '../../record/codec/record-resolver.js';
import { Unresolvable } from '../../record/codec/schema-resolution.js';
import { StreamRecordCodec, type SourceSchemas } from '../../record/codec/stream-record-codec.js';
import type { StreamRecord } from '../../record/stream-record.js';
import { IncompatibleState, type StateCodec } from '../state-codec.js';
import { plainValueBytes } from './plain-value-size.js';

const ID = 'record/1';
const RECORD_BYTES = 120;

/** @param schemas of all sources whose records the state may hold */
export function recordCodec(schemas: SourceSchemas): StateCodec<StreamRecord> {
  const codec = new StreamRecordCodec(schemas);
  const dictionary = new WriteDictionary();
  return {
    id: ID,
    schema: schemas,
    encode: (record, out) => {
      dictionary.reset();
      codec.write(record, out, dictionary);
    },
    decode: (bytes) => codec.read(bytes, new ReadDictionary()),
    migrate: (id, schema) => {
      if (id !== ID) return new IncompatibleState(`values were written as ${id} and are read as ${ID}`);
      const written = schema as SourceSchemas;
      const resolver = RecordResolver.between(written, schemas);
      if (resolver instanceof Unresolvable) return new IncompatibleState(resolver.reason);
      const writer = new StreamRecordCodec(written);
      return (bytes) => resolver.resolve(writer.read(bytes, new ReadDictionary()));
    },
    sizeOf: recordBytes,
  };
}

function recordBytes({ value, headers, alert }: StreamRecord): number {
  let bytes = RECORD_BYTES + plainValueBytes(value) + plainValueBytes(headers);
  for (const { events } of alert?.stages ?? []) for (const event of events) bytes += recordBytes(event);
  return bytes;
}
