/** Plain values, and those of the library as such. */
import type { Type, types } from 'avsc';

export function plainRecord(): Record<string, unknown> {
  return {};
}

/** An own property also where the name is `__proto__`. */
export function setField(record: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true });
  else record[name] = value;
}

/** @param value of a field's default, as the library has it */
export function defaultOf(type: Type, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (type.typeName) {
    case 'record': {
      const record = plainRecord();
      for (const field of (type as types.RecordType).fields)
        setField(record, field.name, defaultOf(field.type, (value as Record<string, unknown>)[field.name]));
      return record;
    }
    case 'array':
      return (value as readonly unknown[]).map((item) => defaultOf((type as types.ArrayType).itemsType, item));
    case 'map': {
      const map = plainRecord();
      for (const [key, each] of Object.entries(value))
        setField(map, key, defaultOf((type as types.MapType).valuesType, each));
      return map;
    }
    case 'union:wrapped': {
      const [[name, inner] = []] = Object.entries(value);
      const branch = (type as types.WrappedUnionType).types.find(({ branchName }) => branchName === name);
      return branch === undefined ? inner : defaultOf(branch, inner);
    }
    default:
      return value;
  }
}
