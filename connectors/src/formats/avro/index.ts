/** The format `avro`: each message is one record, by a schema of a file or of a schema registry. */
import { ConnectorError, declareFormat, fields } from '../../api/index.js';
import { MessageFormat } from '../message-format.js';
import { RegisteredFormat } from '../registry/registered-format.js';
import { registryOption } from '../registry/registry-options.js';
import { SchemaRegistry } from '../registry/schema-registry.js';
import { schemaFile } from '../schema-file.js';
import { AvroSchema } from './avro-schema.js';

const options = fields({
  schema: {
    type: 'string',
    description:
      'A file with the schema (.avsc) that messages are written by; with a registry, the one that they are read by, whatever they were written by.',
    example: 'payment.avsc',
  },
  registry: registryOption,
});

const MEDIA_TYPE = 'avro/binary';

export const avro = declareFormat({
  name: 'avro',
  description:
    "Apache Avro, for messages of a broker, also in the wire format of Confluent's schema registry. Integers are exact, a decimal is a double, and times are the numbers that they are: say in time what they count.",
  options,
  example: 'format: { avro: { registry: "http://localhost:8081" } }',
  createFormat({ schema, registry }, context) {
    const own =
      schema === undefined ? undefined : schemaFile('avro', schema, context, (text) => AvroSchema.parse(text));
    if (registry !== undefined)
      return new RegisteredFormat('avro', MEDIA_TYPE, avroRegistry(registry, own), (written, body) =>
        written.decode(body),
      );
    if (own === undefined) throw new ConnectorError('invalid-option', 'format avro: give a schema, or a registry');
    return new MessageFormat('avro', MEDIA_TYPE, (payload) => own.decode(payload));
  },
});

/** @param reader by which all messages are read */
function avroRegistry(
  registry: ConstructorParameters<typeof SchemaRegistry>[0],
  reader: AvroSchema | undefined,
): SchemaRegistry<AvroSchema> {
  return new SchemaRegistry(registry, ({ type, text, references }) => {
    if (type !== 'AVRO') throw new Error(`it is of type ${type}`);
    return AvroSchema.parse(text, references.values(), reader);
  });
}
