/** What ajv finds in one level, in the terms of declarations: by key, and each key at most once. */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { createRequire } from 'node:module';
import { levelSchema, type Container } from '../schema/level-schema.js';
import type { JsonSchema } from '../schema/scalar-schema.js';

export interface LevelFaults {
  readonly unknown: readonly string[];
  readonly missing: readonly string[];
  /** Keys of a map that are not of its keys' form. */
  readonly names: readonly string[];
  /** Children whose own value is wrong; a list's by index, as text. */
  readonly values: ReadonlySet<string>;
  /** Set when not exactly one variant is written. */
  readonly variants: boolean;
}

type Ajv = import('ajv').Ajv;

const require = createRequire(import.meta.url);
const compiled = new WeakMap<Container, ValidateFunction>();
let ajv: Ajv | undefined;

/** Loaded and compiled when first needed: starting up is part of the time to the first alert. */
function compile(schema: JsonSchema): ValidateFunction {
  const { Ajv: Constructor } = require('ajv') as typeof import('ajv');
  ajv ??= new Constructor({ allErrors: true, strict: false, validateSchema: false, meta: false, messages: false });
  return ajv.compile(schema);
}

/** `instance` holds the level's children, with `{}` and `[]` standing in for deeper containers. */
export function validateLevel(container: Container, instance: unknown): LevelFaults {
  let validate = compiled.get(container);
  if (validate === undefined) {
    validate = compile(levelSchema(container));
    compiled.set(container, validate);
  }
  validate(instance);
  return faultsOf(validate.errors ?? []);
}

function faultsOf(errors: readonly ErrorObject[]): LevelFaults {
  const unknown: string[] = [];
  const missing: string[] = [];
  const names: string[] = [];
  const values = new Set<string>();
  let variants = false;
  for (const { keyword, instancePath, schemaPath, params } of errors) {
    if (instancePath !== '') values.add(childOf(instancePath));
    else if (keyword === 'additionalProperties') unknown.push(String(params['additionalProperty']));
    else if (keyword === 'propertyNames') names.push(String(params['propertyName']));
    else if (keyword === 'oneOf') variants = true;
    else if (keyword === 'required' && !schemaPath.startsWith('#/oneOf/')) missing.push(String(params['missingProperty']));
  }
  return { unknown, missing, names, values, variants };
}

/** The first segment of a JSON pointer. */
function childOf(pointer: string): string {
  const segment = pointer.slice(1).split('/')[0] ?? '';
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
