/** What ajv finds in one level, in the terms of declarations: by key, and each key at most once. */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { levelSchema, type Container } from '../schema/level-schema.js';
import { compileLevel } from './compile-level.js';

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

const compiled = new WeakMap<Container, ValidateFunction>();

/** `instance` holds the level's children, with `{}` and `[]` standing in for deeper containers. */
export function validateLevel(container: Container, instance: unknown): LevelFaults {
  let validate = compiled.get(container);
  if (validate === undefined) {
    validate = compileLevel(levelSchema(container));
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
    else if (keyword === 'required' && !schemaPath.startsWith('#/oneOf/'))
      missing.push(String(params['missingProperty']));
  }
  return { unknown, missing, names, values, variants };
}

/** The first segment of a JSON pointer. */
function childOf(pointer: string): string {
  const segment = pointer.slice(1).split('/')[0] ?? '';
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
