/** The classes that Apache's own JavaScript SDK decodes and encodes the protocol with, typed as far as tests need. */
import { createRequire } from 'node:module';

export interface OracleMessage {
  serializeBinary(): Uint8Array;
  toObject(): Record<string, unknown>;
  [setter: `set${string}` | `add${string}`]: (value: unknown) => void;
}

export interface OracleClass {
  new (): OracleMessage;
  deserializeBinary(bytes: Uint8Array): OracleMessage;
}

interface Packages {
  io: {
    statefun: {
      sdk: {
        reqreply: Record<'Address' | 'TypedValue', OracleClass> & {
          ToFunction: OracleClass & Record<'InvocationBatchRequest' | 'PersistedValue' | 'Invocation', OracleClass>;
          FromFunction: OracleClass &
            Record<
              | 'InvocationResponse'
              | 'PersistedValueMutation'
              | 'Invocation'
              | 'DelayedInvocation'
              | 'EgressMessage'
              | 'IncompleteInvocationContext'
              | 'PersistedValueSpec'
              | 'ExpirationSpec',
              OracleClass
            >;
        };
        types: Record<
          'BooleanWrapper' | 'IntWrapper' | 'LongWrapper' | 'FloatWrapper' | 'DoubleWrapper' | 'StringWrapper',
          OracleClass
        >;
        egress: Record<'KafkaProducerRecord' | 'KinesisEgressRecord', OracleClass>;
      };
    };
  };
}

const load = createRequire(import.meta.url);
for (const name of ['request-reply', 'types', 'kafka-egress', 'kinesis-egress'])
  load(`apache-flink-statefun/dist/generated/${name}_pb.js`);

export const oracle = (globalThis as unknown as { proto: Packages }).proto.io.statefun.sdk;

/** A message with these fields: names as in the class's setters, lists by the setter of the list. */
export function make(type: OracleClass, fields: Record<string, unknown>): OracleMessage {
  const message = new type();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) message[`set${name}`]!(value);
  return message;
}
