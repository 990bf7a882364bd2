/** The format `avro`: each message is one record, by a schema of a file or of a schema registry. */
import { ConnectorError, declareFormat, fields } from '../../api/index.js';
import { MessageFormat } from '../message-format.js';
import { unframed } from '../registry/confluent-wire.js';
import { prepare } from '../registry/prepare.js';
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

class AvroFormat extends MessageFormat {
  readonly mediaTypes = ['avro/binary'] as const;

  constructor(private readonly schema: AvroSchema) {
    super('avro');
  }

  protected read(payload: Buffer): unknown {
    return this.schema.decode(payload);
  }
}

class RegisteredAvroFormat extends MessageFormat {
  readonly mediaTypes = ['avro/binary'] as const;

  constructor(private readonly registry: SchemaRegistry<AvroSchema>) {
    super('avro');
  }

  prepare(payload: Uint8Array): Promise<void> | undefined {
    return prepare(this.registry, payload);
  }

  protected read(payload: Buffer): unknown {
    const { schemaId, body } = unframed(payload);
    return this.registry.get(schemaId).decode(body);
  }
}

export const avro = declareFormat({
  name: 'avro',
  description:
    "Apache Avro, for messages of a broker, also in the wire format of Confluent's schema registry. Integers are exact, a decimal is a double, and times are the numbers that they are: say in time what they count.",
  options,
  example: 'format: { avro: { registry: "http://localhost:8081" } }',
  createFormat({ schema, registry }, context) {
    const own =
      schema === undefined ? undefined : schemaFile('avro', schema, context, (text) => AvroSchema.parse(text));
    if (registry !== undefined) return new RegisteredAvroFormat(avroRegistry(registry, own));
    if (own === undefined) throw new ConnectorError('invalid-option', 'format avro: give a schema, or a registry');
    return new AvroFormat(own);
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
