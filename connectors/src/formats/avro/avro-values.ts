/** Plain values, and those of the library as such. */
import type { Type, types } from 'avsc';
import { setOwn } from '../own-property.js';

export function plainRecord(): Record<string, unknown> {
  return {};
}

/** @param value of a field's default, as the library has it */
export function defaultOf(type: Type, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (type.typeName) {
    case 'record': {
      const record = plainRecord();
      for (const field of (type as types.RecordType).fields)
        setOwn(record, field.name, defaultOf(field.type, (value as Record<string, unknown>)[field.name]));
      return record;
    }
    case 'array':
      return (value as readonly unknown[]).map((item) => defaultOf((type as types.ArrayType).itemsType, item));
    case 'map': {
      const map = plainRecord();
      for (const [key, each] of Object.entries(value))
        setOwn(map, key, defaultOf((type as types.MapType).valuesType, each));
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
