/** Protobuf messages, by whatever the code generator made: the three shapes that generated code has. */
import { requireTypename } from './typename.js';
import { ValueError, type ValueType } from './value-type.js';

/** ts-proto, and protobuf.js with static code. */
export interface EncodeFinish<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/** protobuf-ts; for Protobuf-ES: `{ toBinary: (m) => toBinary(Schema, m), fromBinary: (b) => fromBinary(Schema, b) }`. */
export interface ToFromBinary<T> {
  toBinary(message: T): Uint8Array;
  fromBinary(bytes: Uint8Array): T;
}

/** google-protobuf: the class of the message. */
export interface SerializableClass<T extends { serializeBinary(): Uint8Array }> {
  deserializeBinary(bytes: Uint8Array): T;
}

type Code<T> = EncodeFinish<T> | ToFromBinary<T>;

/**
 * @param typename what all languages know the type by; StateFun's custom is `type.googleapis.com/` and the message's
 *   full name.
 */
export function protobuf<const Name extends string, T extends { serializeBinary(): Uint8Array }>(
  typename: Name,
  code: SerializableClass<T>,
): ValueType<T, Name>;
export function protobuf<const Name extends string, T>(typename: Name, code: Code<T>): ValueType<T, Name>;
export function protobuf<T extends { serializeBinary(): Uint8Array }>(
  typename: string,
  code: Code<T> | SerializableClass<T>,
): ValueType<T> {
  requireTypename("a type's name", typename);
  const [encode, decode] = functionsOf(code);
  return {
    typename,
    mutable: true,
    form: code,
    encode: (message) => attempt(typename, 'encoded', () => encode(message)),
    decode: (bytes) => attempt(typename, 'decoded', () => decode(bytes)),
  };
}

function functionsOf<T extends { serializeBinary(): Uint8Array }>(
  code: Code<T> | SerializableClass<T>,
): [encode: (message: T) => Uint8Array, decode: (bytes: Uint8Array) => T] {
  if ('toBinary' in code) return [(message) => code.toBinary(message), (bytes) => code.fromBinary(bytes)];
  if ('deserializeBinary' in code)
    return [(message) => message.serializeBinary(), (bytes) => code.deserializeBinary(bytes)];
  return [(message) => code.encode(message).finish(), (bytes) => code.decode(bytes)];
}

function attempt<R>(typename: string, what: string, action: () => R): R {
  try {
    return action();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ValueError(`a ${typename} cannot be ${what}: ${reason}`, { cause: error });
  }
}
