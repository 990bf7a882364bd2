/** The format `protobuf`: each message is one record, by a schema of a file or of a schema registry. */
import { dirname, resolve } from 'node:path';
import { ConnectorError, declareFormat, fields, type FormatContext } from '../../api/index.js';
import { givenFile } from '../../disk/given-file.js';
import { MessageFormat } from '../message-format.js';
import { placed } from '../registry/confluent-wire.js';
import { RegisteredFormat } from '../registry/registered-format.js';
import { registryOption } from '../registry/registry-options.js';
import { SchemaRegistry } from '../registry/schema-registry.js';
import { schemaFile } from '../schema-file.js';
import { ProtobufSchema } from './protobuf-schema.js';

const options = fields({
  schema: {
    type: 'string',
    description: 'A file with the schema (.proto); what it imports is looked for beside it.',
    example: 'payment.proto',
  },
  message: {
    type: 'string',
    description: 'With schema: the name of the message, with its package.',
    example: 'shop.Payment',
  },
  registry: registryOption,
});

const MEDIA_TYPE = 'application/x-protobuf';

export const protobuf = declareFormat({
  name: 'protobuf',
  description:
    "Protocol Buffers, for messages of a broker, also in the wire format of Confluent's schema registry. Fields have the names of the schema and their defaults, integers are exact, enums are text.",
  options,
  example: 'format: { protobuf: { schema: payment.proto, message: shop.Payment } }',
  createFormat({ schema, message, registry }, context) {
    if ((schema === undefined) === (registry === undefined))
      throw new ConnectorError(
        'invalid-option',
        'format protobuf: give either a schema and its message, or a registry',
      );
    if (registry !== undefined)
      return new RegisteredFormat('protobuf', MEDIA_TYPE, protobufRegistry(registry), (written, body) => {
        const { place, message: bytes } = placed(body);
        return written.at(place).decode(bytes);
      });
    if (message === undefined)
      throw new ConnectorError('invalid-option', 'format protobuf: say which message of the schema it is');
    const own = schemaFile('protobuf', schema!, context, (text) => parsed(schema!, text, context).named(message));
    return new MessageFormat('protobuf', MEDIA_TYPE, (payload) => own.decode(payload));
  },
});

function parsed(path: string, text: string, { baseDir }: FormatContext): ProtobufSchema {
  const folder = dirname(resolve(baseDir, path));
  return ProtobufSchema.parse(text, (name) =>
    givenFile(name, folder, `format protobuf: ${path} imports ${name}`).toString(),
  );
}

function protobufRegistry(registry: ConstructorParameters<typeof SchemaRegistry>[0]): SchemaRegistry<ProtobufSchema> {
  return new SchemaRegistry(registry, ({ type, text, references }) => {
    if (type !== 'PROTOBUF') throw new Error(`it is of type ${type}`);
    return ProtobufSchema.parse(text, (name) => {
      const found = references.get(name);
      if (found === undefined) throw new Error(`it imports ${name}, which the registry does not have`);
      return found;
    });
  });
}
