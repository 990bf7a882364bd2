/** The format `protobuf`: each message is one record, by a schema of one's own or of a schema registry. */
import {
  declareFormat,
  fields,
  type ConfigOf,
  type Encoder,
  type FormatContext,
  type FormatUse,
  type OptionFault,
} from '../../api/index.js';
import { MessageFormat } from '../message-format.js';
import { assertSound, onErrorFault, onErrorOption, ownSchema } from '../own-schema.js';
import { placeBytes, placed } from '../registry/confluent-wire.js';
import { RegisteredEncoder } from '../registry/registered-encoder.js';
import { RegisteredFormat } from '../registry/registered-format.js';
import { RegisteredSubject, type OwnSchema } from '../registry/registered-subject.js';
import type { RegisteredSchema } from '../registry/registry-client.js';
import { registryFault, registryOption } from '../registry/registry-options.js';
import { SchemaRegistry } from '../registry/schema-registry.js';
import { ProtobufSchema, type ProtobufMessage } from './protobuf-schema.js';

const options = fields({
  schema: {
    type: 'string',
    description:
      'A file with the schema (.proto), or its text; what it imports is looked for beside the file. With a registry, to write by: it then imports nothing but what comes with every compiler.',
    example: 'payment.proto',
  },
  message: {
    type: 'string',
    description:
      "The name of the message, with its package: of schema, or to write by a registry's, where it is the first of its file by default.",
    example: 'shop.Payment',
  },
  registry: registryOption,
  onError: onErrorOption,
});

type Options = ConfigOf<typeof options>;

const MEDIA_TYPE = 'application/x-protobuf';

export const protobuf = declareFormat({
  name: 'protobuf',
  description:
    "Protocol Buffers, for messages of a broker, also in the wire format of Confluent's schema registry. Fields have the names of the schema and their defaults, integers are exact, enums are text. Of a record are written the fields that its schema has.",
  options,
  example: 'format: { protobuf: { schema: payment.proto, message: shop.Payment } }',
  writesMessages: true,
  check: faultOf,
  createFormat(given, context) {
    assertSound('protobuf', faultOf(given, 'read'));
    const { registry } = given;
    if (registry === undefined) {
      const own = ownMessage(given, context);
      return new MessageFormat('protobuf', MEDIA_TYPE, (payload) => own.decode(payload));
    }
    const schemas = new SchemaRegistry(registry, (schema) => {
      if (schema.type !== 'PROTOBUF') throw new Error(`it is of type ${schema.type}`);
      return registeredSchema(schema);
    });
    return new RegisteredFormat('protobuf', MEDIA_TYPE, schemas, (written, body) => {
      const { place, message } = placed(body);
      return written.at(place).decode(message);
    });
  },
  createEncoder(given, context): Encoder {
    assertSound('protobuf', faultOf(given, 'write'));
    const { registry, message, onError } = given;
    const keepsUnwritable = onError === 'dead-letter';
    if (registry === undefined) {
      const own = ownMessage(given, context);
      return { takesBytes: true, keepsUnwritable, encode: (record) => own.encode(record) };
    }
    const subject = new RegisteredSubject(registry, 'PROTOBUF', ownPlacedMessage(given, context), (schema) =>
      placedMessage(registeredSchema(schema), message),
    );
    return new RegisteredEncoder(subject, keepsUnwritable, ({ head, type }, record) =>
      Buffer.concat([head, type.encode(record)]),
    );
  },
});

/** A message of a schema, and what says where in its schema it stands. */
interface PlacedMessage {
  readonly type: ProtobufMessage;
  readonly head: Buffer;
}

function placedMessage(schema: ProtobufSchema, name: string | undefined): PlacedMessage {
  const place = schema.placeOf(name);
  return { type: schema.at(place), head: placeBytes(place) };
}

function ownMessage({ schema = '', message = '' }: Options, context: Pick<FormatContext, 'baseDir'>): ProtobufMessage {
  return ownSchema('protobuf', schema, context, (text, beside) => ProtobufSchema.parse(text, beside).named(message));
}

function ownPlacedMessage(
  { schema, message }: Options,
  context: Pick<FormatContext, 'baseDir'>,
): OwnSchema<PlacedMessage> | undefined {
  if (schema === undefined) return undefined;
  return ownSchema('protobuf', schema, context, (text) => ({
    text,
    compiled: placedMessage(ProtobufSchema.parse(text, notImported), message),
  }));
}

/** The registry would have to be told where it lies there. */
function notImported(name: string): never {
  throw new Error(`it imports ${name}: leave schema out, and it is written by the registry's`);
}

function registeredSchema({ text, references }: RegisteredSchema): ProtobufSchema {
  return ProtobufSchema.parse(text, (name) => {
    const found = references.get(name);
    if (found === undefined) throw new Error(`it imports ${name}, which the registry does not have`);
    return found;
  });
}

function faultOf(given: Options, use: FormatUse): OptionFault | undefined {
  const { schema, message, registry } = given;
  const hasSchema = schema !== undefined;
  if (use === 'read' ? hasSchema === (registry !== undefined) : !hasSchema && registry === undefined)
    return { option: 'schema', reason: 'give either a schema and its message, or a registry' };
  if (hasSchema && message === undefined) return { option: 'schema', reason: 'say which message of the schema it is' };
  return onErrorFault(given, use) ?? (registry && registryFault(registry, use, hasSchema));
}
