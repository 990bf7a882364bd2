/** The format `avro`: each message is one record, by a schema of one's own or of a schema registry. */
import {
  declareFormat,
  fields,
  type ConfigOf,
  type Encoder,
  type FormatUse,
  type OptionFault,
} from '../../api/index.js';
import { MessageFormat } from '../message-format.js';
import { assertSound, onErrorFault, onErrorOption, ownSchema } from '../own-schema.js';
import { RegisteredEncoder } from '../registry/registered-encoder.js';
import { RegisteredFormat } from '../registry/registered-format.js';
import { RegisteredSubject } from '../registry/registered-subject.js';
import { registryFault, registryOption } from '../registry/registry-options.js';
import { SchemaRegistry } from '../registry/schema-registry.js';
import { AvroSchema } from './avro-schema.js';
import { WrittenAvroSchema } from './written-avro-schema.js';

const options = fields({
  schema: {
    type: 'choice',
    description:
      'The schema that messages are written by, as a file (.avsc) or itself; with a registry, the one that they are read by, whatever they were written by, or the one to write by.',
    example: 'payment.avsc',
    scalar: { type: 'string', description: 'A file (.avsc), or the schema as JSON text.' },
    map: { type: 'record', description: 'The schema itself.' },
  },
  registry: registryOption,
  onError: onErrorOption,
});

const MEDIA_TYPE = 'avro/binary';

export const avro = declareFormat({
  name: 'avro',
  description:
    "Apache Avro, for messages of a broker, also in the wire format of Confluent's schema registry. Integers are exact, a decimal is a double. Read, times are the numbers that they are: say in time what they count; written, a time is counted as its type says. Of a record are written the fields that its schema has.",
  options,
  example: 'format: { avro: { registry: "http://localhost:8081" } }',
  writesMessages: true,
  check: faultOf,
  createFormat(given, context) {
    assertSound('avro', faultOf(given, 'read'));
    const { schema, registry } = given;
    const own = schema === undefined ? undefined : ownSchema('avro', schema, context, (text) => AvroSchema.parse(text));
    if (registry === undefined) return new MessageFormat('avro', MEDIA_TYPE, (payload) => own!.decode(payload));
    const schemas = new SchemaRegistry(registry, ({ type, text, references }) => {
      if (type !== 'AVRO') throw new Error(`it is of type ${type}`);
      return AvroSchema.parse(text, references.values(), own);
    });
    return new RegisteredFormat('avro', MEDIA_TYPE, schemas, (written, body) => written.decode(body));
  },
  createEncoder(given, context): Encoder {
    assertSound('avro', faultOf(given, 'write'));
    const { schema, registry, onError } = given;
    const own =
      schema === undefined
        ? undefined
        : ownSchema('avro', schema, context, (text) => ({ text, compiled: WrittenAvroSchema.parse(text) }));
    const keepsUnwritable = onError === 'dead-letter';
    if (registry === undefined)
      return { takesBytes: true, keepsUnwritable, encode: (record) => own!.compiled.encode(record) };
    const subject = new RegisteredSubject(registry, 'AVRO', own, ({ text, references }) =>
      WrittenAvroSchema.parse(text, references.values()),
    );
    return new RegisteredEncoder(subject, keepsUnwritable, (written, record) => written.encode(record));
  },
});

function faultOf(given: ConfigOf<typeof options>, use: FormatUse): OptionFault | undefined {
  const { schema, registry } = given;
  if (schema === undefined && registry === undefined)
    return { option: 'schema', reason: 'give a schema, or a registry' };
  return onErrorFault(given, use) ?? (registry && registryFault(registry, use, schema !== undefined));
}
