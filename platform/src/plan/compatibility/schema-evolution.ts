/**
 * Whether values that were written under one type can be read under another: fields are found by their names, may come
 * if they are optional, may go, and an int may become a double. Anything else is another value.
 */
import { typeName, type FieldType, type RecordType, type ValueType } from '../../expression/index.js';

/** What is in the way, in a few words about the field; undefined when nothing is. */
export function unreadable(writer: RecordType, reader: RecordType, path = ''): string | undefined {
  for (const [name, { type, optional = false }] of Object.entries(reader.fields)) {
    const place = `${path}${name}`;
    const written = fieldOf(writer, name);
    if (written === undefined) {
      if (optional || type.kind === 'dyn') continue;
      return `its field "${place}" is new and not optional`;
    }
    if (written.optional === true && !optional) return `its field "${place}" may no longer be absent`;
    if (written.type.kind === 'record' && type.kind === 'record') {
      const inner = unreadable(written.type, type, `${place}.`);
      if (inner !== undefined) return inner;
    } else if (!canRead(written.type, type)) {
      return `its field "${place}" is ${nameOf(type)}, and was ${nameOf(written.type)}`;
    }
  }
  return undefined;
}

/** An open record may hold any value under a name that it does not declare. */
function fieldOf({ fields, open }: RecordType, name: string): FieldType | undefined {
  if (Object.hasOwn(fields, name)) return fields[name];
  return open ? { type: { kind: 'dyn' }, optional: true } : undefined;
}

function canRead(writer: ValueType, reader: ValueType): boolean {
  if (reader.kind === 'dyn') return true;
  if (writer.kind === 'int' && reader.kind === 'double') return true;
  if (writer.kind === 'list' && reader.kind === 'list') return canRead(writer.element, reader.element);
  if (writer.kind === 'map' && reader.kind === 'map')
    return canRead(writer.key, reader.key) && canRead(writer.value, reader.value);
  if (writer.kind === 'record' && reader.kind === 'record') return unreadable(writer, reader) === undefined;
  return writer.kind === reader.kind;
}

function nameOf(type: ValueType): string {
  return type.kind === 'record' ? 'a map of fields' : type.kind === 'dyn' ? 'of any type' : typeName(type);
}
