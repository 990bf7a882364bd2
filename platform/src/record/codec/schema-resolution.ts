/**
 * Brings values that an older schema's writer wrote to a newer schema (Avro's schema resolution, by field name): optional
 * fields may come, fields may go, a field may become optional, `int` may become `double`, anything may become `dyn`.
 * Everything else is refused with a reason, before the first value is read.
 */
import { setOwn } from '../../common/own-property.js';
import type { FieldSchema, RecordSchema, ValueSchema } from './value-schema.js';

/** Undefined: values are right as they are. */
export type Adapt = ((value: unknown) => unknown) | undefined;

export class Unresolvable {
  /** @param reason half a sentence: `the field amount was string and is double now` */
  constructor(readonly reason: string) {}
}

export function resolveRecord(writer: RecordSchema, reader: RecordSchema, path = ''): Adapt | Unresolvable {
  const adapts = new Map<string, (value: unknown) => unknown>();
  for (const [name, field] of Object.entries(reader.fields)) {
    const adapt = resolveField(ownField(writer, name), field, path + name, writer.open);
    if (adapt instanceof Unresolvable) return adapt;
    if (adapt !== undefined) adapts.set(name, adapt);
  }
  // A field that was of some type in the writer's schema and is none of the reader's is of any type if that is open.
  const keeps = (name: string): boolean => reader.open || ownField(reader, name) !== undefined;
  const isWhole = reader.open || (!writer.open && Object.keys(writer.fields).every(keeps));
  if (isWhole && adapts.size === 0) return undefined;
  return (value) => (isObject(value) ? adaptObject(value, keeps, adapts) : value);
}

function resolveField(
  writer: FieldSchema | undefined,
  reader: FieldSchema,
  path: string,
  isOpen: boolean,
): Adapt | Unresolvable {
  if (writer === undefined) {
    if (isOpen && reader.type.kind !== 'dyn')
      return new Unresolvable(`the field ${path} was of any type and is ${describe(reader.type)} now`);
    if (reader.optional !== true) return new Unresolvable(`the field ${path} is new, and it is not optional`);
    return undefined;
  }
  if (writer.optional === true && reader.optional !== true)
    return new Unresolvable(`the field ${path} was optional and is not now`);
  return resolveValue(writer.type, reader.type, path);
}

function resolveValue(writer: ValueSchema, reader: ValueSchema, path: string): Adapt | Unresolvable {
  if (reader.kind === 'dyn') return undefined;
  if (writer.kind === 'record' && reader.kind === 'record') return resolveRecord(writer, reader, `${path}.`);
  if (writer.kind === 'list' && reader.kind === 'list') {
    const adapt = resolveValue(writer.element, reader.element, `${path}[]`);
    if (typeof adapt !== 'function') return adapt;
    return (value) => (Array.isArray(value) ? value.map(adapt) : value);
  }
  if (writer.kind === 'map' && reader.kind === 'map' && writer.key.kind === reader.key.kind) {
    const adapt = resolveValue(writer.value, reader.value, `${path}{}`);
    if (typeof adapt !== 'function') return adapt;
    return (value) => (isObject(value) ? adaptObject(value, () => true, undefined, adapt) : value);
  }
  if (writer.kind === reader.kind) return undefined;
  if (reader.kind === 'double' && (writer.kind === 'int' || writer.kind === 'uint'))
    return (value) => (typeof value === 'bigint' ? Number(value) : value);
  return new Unresolvable(`the field ${path} was ${describe(writer)} and is ${describe(reader)} now`);
}

function adaptObject(
  value: Readonly<Record<string, unknown>>,
  keeps: (name: string) => boolean,
  adapts: ReadonlyMap<string, (value: unknown) => unknown> | undefined,
  adaptAll?: (value: unknown) => unknown,
): Record<string, unknown> {
  const adapted: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    if (!keeps(name)) continue;
    const adapt = adaptAll ?? adapts?.get(name);
    setOwn(adapted, name, adapt === undefined ? value[name] : adapt(value[name]));
  }
  return adapted;
}

function ownField(schema: RecordSchema, name: string): FieldSchema | undefined {
  return Object.hasOwn(schema.fields, name) ? schema.fields[name] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function describe(schema: ValueSchema): string {
  switch (schema.kind) {
    case 'list':
      return `list<${describe(schema.element)}>`;
    case 'map':
      return `map<${describe(schema.value)}>`;
    default:
      return schema.kind;
  }
}
