/**
 * A JSON Schema to a record type, as far as a record type can say it: objects, arrays, the simple types, `date-time`,
 * `$ref` within the file. What it cannot say (alternatives, nullable values, tuples) is `dyn`.
 */
import { setOwn } from '../../common/own-property.js';
import type { FieldType, RecordType, ValueType } from '../../expression/type.js';

type Json = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 32;
const DYN: ValueType = { kind: 'dyn' };

/** Throws an Error that says what is wrong when the schema describes no object. */
export function recordOfJsonSchema(schema: unknown): RecordType {
  if (!isObject(schema)) throw new Error('it is no JSON Schema object');
  const type = typeOf(schema, schema, 0);
  if (type.kind !== 'record') throw new Error('it does not describe an object with properties');
  return type;
}

function typeOf(schema: unknown, root: Json, depth: number): ValueType {
  if (!isObject(schema) || depth > MAX_DEPTH) return DYN;
  if (typeof schema['$ref'] === 'string') return typeOf(referred(schema['$ref'], root), root, depth + 1);
  switch (schema['type']) {
    case 'string':
      return schema['format'] === 'date-time' ? { kind: 'timestamp' } : { kind: 'string' };
    case 'integer':
      return { kind: 'int' };
    case 'number':
      return { kind: 'double' };
    case 'boolean':
      return { kind: 'bool' };
    case 'array':
      return { kind: 'list', element: typeOf(schema['items'], root, depth + 1) };
    case 'object':
      return objectType(schema, root, depth);
    default:
      return isObject(schema['properties']) ? objectType(schema, root, depth) : DYN;
  }
}

function objectType(schema: Json, root: Json, depth: number): ValueType {
  const properties = schema['properties'];
  const additional = schema['additionalProperties'];
  if (!isObject(properties)) {
    return {
      kind: 'map',
      key: { kind: 'string' },
      value: isObject(additional) ? typeOf(additional, root, depth + 1) : DYN,
    };
  }
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const fields: Record<string, FieldType> = {};
  for (const [name, property] of Object.entries(properties)) {
    const type = typeOf(property, root, depth + 1);
    const value: FieldType = required.has(name) ? { type } : { type, optional: true };
    setOwn(fields, name, value);
  }
  return { kind: 'record', fields, open: additional === true || isObject(additional) };
}

/** A JSON pointer within the file. */
function referred(pointer: string, root: Json): unknown {
  if (!pointer.startsWith('#')) return undefined;
  let found: unknown = root;
  for (const part of pointer.slice(1).split('/').slice(1)) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return found;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
