/** A schema as a check: the value as the schema makes it, or the sentences that say what is wrong with it. */
import { createRequire } from 'node:module';
import type { Ajv } from 'ajv';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonSchema } from './json-schema.js';
import { isStandardSchema, type StandardIssue, type StandardSchema } from './standard-schema.js';

export type JsonCheck<T> = (value: unknown) => { readonly value: T } | { readonly faults: readonly string[] };

export function toCheck<T>(schema: JsonSchema | StandardSchema<T>): JsonCheck<T> {
  return isStandardSchema(schema) ? checkStandard(schema as StandardSchema<T>) : checkJsonSchema<T>(schema);
}

/** Names of drafts that differ from 2020-12 and are those of Ajv's first class. */
const OLDER_DRAFTS = /^https?:\/\/json-schema\.org\/draft-0[67]\/schema#?$/;
const OPTIONS = { allErrors: true, strict: true, allowUnionTypes: true, validateFormats: false };
const load = createRequire(import.meta.url);
let ajv: Ajv2020 | undefined;
let olderAjv: Ajv | undefined;

/** Ajv is loaded with the first schema: it takes longer to load than all the rest. */
function ajvFor({ $schema }: JsonSchema): Ajv | Ajv2020 {
  if (typeof $schema === 'string' && OLDER_DRAFTS.test($schema)) {
    const { Ajv: Older } = load('ajv') as typeof import('ajv');
    return (olderAjv ??= new Older(OPTIONS));
  }
  const { Ajv2020: Newest } = load('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  return (ajv ??= new Newest(OPTIONS));
}

/** Compiles at once, so that a schema with a misspelt keyword fails where it is declared. */
function checkJsonSchema<T>(schema: JsonSchema): JsonCheck<T> {
  const validate = ajvFor(schema).compile<T>(schema);
  return (value) =>
    validate(value)
      ? { value }
      : {
          faults: (validate.errors ?? []).map(
            ({ instancePath, message }) =>
              `${instancePath === '' ? 'the value' : instancePath} ${message ?? 'is wrong'}`,
          ),
        };
}

function checkStandard<T>(schema: StandardSchema<T>): JsonCheck<T> {
  const { validate, vendor } = schema['~standard'];
  return (value) => {
    const result = validate(value);
    if (result instanceof Promise)
      throw new TypeError(`this schema of ${vendor} is checked asynchronously; values are encoded synchronously`);
    return result.issues === undefined ? { value: result.value } : { faults: result.issues.map(say) };
  };
}

function say({ message, path = [] }: StandardIssue): string {
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
  return keys.length === 0 ? message : `/${keys.join('/')} ${message}`;
}
