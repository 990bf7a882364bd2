/** The types of Avro schemas, as the library avsc parses them. */
import type { Type, types } from 'avsc';
import { onDemand } from '../../loading/on-demand.js';
import type { LogicalTypes } from './avro-logical-types.js';
import { isUnion } from './avro-reader.js';

const avsc = onDemand<typeof import('avsc')>('avsc');

/**
 * @param text JSON
 * @param imported texts of schemas whose names it uses; those that others use stand before them
 * @param logicalTypes those that must be told from what they lie in
 * @throws Error what is wrong with it
 */
export function parsedType(text: string, imported: Iterable<string>, logicalTypes: LogicalTypes): Type {
  const options = { registry: {}, wrapUnions: true, logicalTypes: logicalTypes(avsc()) };
  for (const each of imported) typeOf(each, options);
  return typeOf(text, options);
}

export function assertRecord(type: Type): void {
  if (type.typeName !== 'record') throw new Error(`it is a schema of ${type.typeName}, and records are wanted`);
}

function typeOf(text: string, options: object): Type {
  const type = avsc().Type.forSchema(JSON.parse(text) as never, options);
  assertNames(type, new Set());
  return type;
}

/** A field's name becomes one of an object. */
function assertNames(type: Type, seen: Set<Type>): void {
  if (seen.has(type)) return;
  seen.add(type);
  if (isUnion(type)) for (const branch of type.types) assertNames(branch, seen);
  switch (type.typeName) {
    case 'array':
      return assertNames((type as types.ArrayType).itemsType, seen);
    case 'map':
      return assertNames((type as types.MapType).valuesType, seen);
    case 'record':
      for (const field of (type as types.RecordType).fields) {
        if (field.name === '__proto__') throw new Error('a field is named __proto__');
        assertNames(field.type, seen);
      }
  }
}
