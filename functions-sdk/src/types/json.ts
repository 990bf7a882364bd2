/** JSON, with or without a schema. What a schema refuses is neither sent, nor stored, nor handed to a handler. */
import { isUtf8 } from 'node:buffer';
import { toCheck, type JsonCheck } from './json-check.js';
import type { FromSchema, JsonSchema } from './json-schema.js';
import type { StandardSchema } from './standard-schema.js';
import { requireTypename } from './typename.js';
import { notOfType, ValueError, type ValueType } from './value-type.js';

/** Of this many faults a message tells. */
const FAULTS_TOLD = 5;

/** JSON of a type that only the compiler checks. */
export function json<T, const Name extends string = string>(typename: Name): ValueType<T, Name>;
/** JSON checked by a schema of Zod, Valibot, ArkType or another library of standardschema.dev; the type is its output. */
export function json<const Name extends string, T>(typename: Name, schema: StandardSchema<T>): ValueType<T, Name>;
/** JSON checked by a JSON Schema (draft 2020-12); the type is what the schema says. */
export function json<const Name extends string, const S extends JsonSchema>(
  typename: Name,
  schema: S,
): ValueType<FromSchema<S>, Name>;
export function json<T>(typename: string, schema?: JsonSchema | StandardSchema<T>): ValueType<T> {
  requireTypename("a type's name", typename);
  return new JsonType(typename, schema === undefined ? undefined : toCheck(schema));
}

class JsonType<T> implements ValueType<T> {
  readonly mutable = true;
  readonly form = 'JSON';
  readonly #check: JsonCheck<T> | undefined;

  constructor(
    readonly typename: string,
    check: JsonCheck<T> | undefined,
  ) {
    this.#check = check;
  }

  encode(value: T): Uint8Array {
    let text: string | undefined;
    try {
      text = JSON.stringify(value);
    } catch (error) {
      throw new ValueError(`${this.typename} is JSON, and this is not: ${(error as Error).message}`, { cause: error });
    }
    if (text === undefined) throw notOfType(this.typename, 'JSON', value);
    // Checked as the other side will see it: without functions, with dates as text, NaN as null.
    if (this.#check !== undefined) this.#checked(JSON.parse(text));
    return Buffer.from(text);
  }

  decode(bytes: Uint8Array): T {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    let value: unknown;
    try {
      if (text.includes('\ufffd') && !isUtf8(bytes)) throw new SyntaxError('it is not valid UTF-8');
      value = JSON.parse(text);
    } catch (error) {
      throw new ValueError(`${this.typename} is JSON, and this is not: ${(error as Error).message}`, { cause: error });
    }
    return this.#checked(value);
  }

  #checked(value: unknown): T {
    if (this.#check === undefined) return value as T;
    const result = this.#check(value);
    if ('value' in result) return result.value;
    const told = result.faults.slice(0, FAULTS_TOLD).join('; ');
    const more = result.faults.length > FAULTS_TOLD ? `; and ${result.faults.length - FAULTS_TOLD} more` : '';
    throw new ValueError(`this is not a ${this.typename}: ${told}${more}`);
  }
}
