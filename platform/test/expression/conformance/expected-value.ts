/** Values of the specification's tests as those of the strict profile, and as text in which they can be compared. */
import { MapValue, isMap, mapEntries } from '../../../src/expression/map-value.js';
import { StrictDuration, StrictTimestamp, Uint } from '../../../src/expression/strict-number.js';
import { TypeValue } from '../../../src/expression/type-value.js';
import type { SpecTest } from './suite.js';

export type SpecValue = Extract<SpecTest['resultMatcher'], { case: 'value' }>['value'];

export function toStrict(value: SpecValue): unknown {
  const { kind } = value;
  switch (kind.case) {
    case 'nullValue':
      return null;
    case 'uint64Value':
      return new Uint(kind.value);
    case 'typeValue':
      return new TypeValue(kind.value);
    case 'listValue':
      return kind.value.values.map(toStrict);
    case 'mapValue': {
      const map = new MapValue();
      for (const entry of kind.value.entries) {
        if (entry.key !== undefined && entry.value !== undefined) map.add(toStrict(entry.key), toStrict(entry.value));
      }
      return map;
    }
    case 'objectValue':
    case 'enumValue':
    case undefined:
      throw new Error(`a value of the kind ${kind.case} needs protobuf`);
    default:
      return kind.value;
  }
}

/** Equal for equal values of one type: an int is not a double here, and NaN is itself. */
export function canonical(value: unknown): string {
  if (typeof value === 'bigint') return `int ${value}`;
  if (typeof value === 'number') return `double ${Object.is(value, -0) ? '-0' : String(value)}`;
  if (value instanceof Uint) return `uint ${value.value}`;
  if (value instanceof StrictTimestamp) return `timestamp ${value.nanos}`;
  if (value instanceof StrictDuration) return `duration ${value.nanos}`;
  if (value instanceof TypeValue) return `type ${value.name}`;
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(', ')}]`;
  if (isMap(value)) {
    const entries = mapEntries(value).map(([key, one]) => `${canonical(key)}: ${canonical(one)}`);
    return `{${entries.sort().join(', ')}}`;
  }
  return JSON.stringify(value) ?? String(value);
}

/** The same, without telling numbers of different types apart, as the profile with deviations has them. */
export function plainCanonical(value: unknown): string {
  return canonical(value)
    .replace(/\b(?:int|uint|double) (?=[-\d])/g, '')
    .replace(/-0\b(?!\.)/g, '0');
}
