/** JSON, with or without a schema. What a schema refuses is neither sent, nor stored, nor handed to a handler. */
import { isUtf8 } from 'node:buffer';
import { toCheck, type JsonCheck } from './json-check.js';
import { jsonFault } from './json-fault.js';
import type { FromSchema, JsonSchema } from './json-schema.js';
import { isStandardSchema, type StandardSchema } from './standard-schema.js';
import { requireTypename } from './typename.js';
import { ValueError, type ValueType } from './value-type.js';

/** Of this many faults a message tells. */
const FAULTS_TOLD = 5;

/** JSON of a type that only the compiler checks. */
export function json<T, const Name extends string = string>(typename: Name): ValueType<T, Name>;
/** JSON checked by a schema of Zod, Valibot, ArkType or another library of standardschema.dev; the type is its output. */
export function json<const Name extends string, T>(typename: Name, schema: StandardSchema<T>): ValueType<T, Name>;
/** JSON checked by a JSON Schema (draft 2020-12, or 07 by its `$schema`); the type is what the schema says. */
export function json<const Name extends string, const S extends JsonSchema>(
  typename: Name,
  schema: S,
): ValueType<FromSchema<S>, Name>;
export function json<T>(typename: string, schema?: JsonSchema | StandardSchema<T>): ValueType<T> {
  requireTypename("a type's name", typename);
  if (schema === undefined) return new JsonType<T>(typename, undefined, false);
  return new JsonType(typename, toCheck(schema), isStandardSchema(schema));
}

class JsonType<T> implements ValueType<T> {
  readonly mutable = true;
  readonly form = 'JSON';
  readonly #check: JsonCheck<T> | undefined;

  constructor(
    readonly typename: string,
    check: JsonCheck<T> | undefined,
    /** Whether the check makes of JSON what it was before, such as a Date: a schema library may, a JSON Schema does not. */
    private readonly isReadBack: boolean,
  ) {
    this.#check = check;
  }

  encode(value: T): Uint8Array {
    const text = this.#written(value);
    // Checked as the other side will see it: with dates as text, and without what is undefined.
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

  #written(value: T): string {
    let text: string | undefined;
    let fault: string | undefined;
    try {
      text = JSON.stringify(value);
      fault = jsonFault(value, this.isReadBack);
    } catch (error) {
      fault = this.#faultOf(value, error);
    }
    if (fault !== undefined || text === undefined)
      throw new ValueError(`${this.typename} is JSON, and this is not: ${fault}`);
    return text;
  }

  /** Of what cannot be written at all; of a circle there is no path. */
  #faultOf(value: T, error: unknown): string {
    const said = error instanceof Error ? error.message : String(error);
    try {
      return jsonFault(value, this.isReadBack) ?? said;
    } catch {
      return said;
    }
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
