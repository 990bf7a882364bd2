/**
 * Plain values as a Protobuf message has them, in the form that the library protobufjs encodes: it would take what does not fit, and cut it.
 *
 * Invariants
 * - Whole numbers are within the bits of their type; enums are the text of their names, or numbers.
 * - A field that is absent or null is not there; values without a field are left out. Of a oneof there is one member at most.
 * - A `google.protobuf.Timestamp` may be a time as it stands in JSON.
 */
import type { Enum, Field, MapField, Type } from 'protobufjs';
import { isPlainRecord } from '../json-record.js';
import { signed, unsigned, type InRange } from '../number-range.js';
import { setOwn } from '../own-property.js';
import { timestampOf } from '../timestamp-text.js';
import { ANY_KEY, unfit, within } from '../unfit.js';

/** Throws an Unfit (unfit.ts). */
type Convert = (value: unknown) => unknown;

const TIMESTAMP = '.google.protobuf.Timestamp';

const SCALARS: Readonly<Record<string, Convert>> = {
  double: (value) => numberOf(value, 'a double'),
  float: (value) => numberOf(value, 'a float'),
  bool: (value) => (typeof value === 'boolean' ? value : unfit(value, 'a bool')),
  string: (value) => (typeof value === 'string' ? value : unfit(value, 'a string')),
  bytes: (value) => (value instanceof Uint8Array ? value : unfit(value, 'bytes')),
  ...integers(['int32', 'sint32', 'sfixed32'], signed(32), Number),
  ...integers(['uint32', 'fixed32'], unsigned(32), Number),
  ...integers(['int64', 'sint64', 'sfixed64'], signed(64), halves),
  ...integers(['uint64', 'fixed64'], unsigned(64), halves),
};

/** Keys of maps are texts, whatever their type. */
const KEY_TEXTS: Readonly<Record<string, RegExp>> = { string: /^/, bool: /^(true|false)$/ };
const INTEGER = /^-?\d{1,20}$/;

/** @returns takes a plain record */
export function messageConverter(type: Type): Convert {
  const fields = type.fieldsArray.map((field) => ({ field, convert: fieldConverter(field.resolve()) }));
  return (value) => {
    const time = type.fullName === TIMESTAMP ? timestampOf(value) : undefined;
    if (time !== undefined) return timestamp(time);
    if (!isPlainRecord(value) || value instanceof Uint8Array) unfit(value, `a message ${type.name}`);
    const message: Record<string, unknown> = {};
    const chosen = new Set<unknown>();
    for (const { field, convert } of fields) {
      const given = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
      within(field.name, () => {
        if (given === undefined || given === null) {
          if (field.required) unfit(given, `a ${field.type}`);
          return;
        }
        const { partOf } = field;
        if (partOf !== null && chosen.has(partOf)) unfit(given, `one of the oneof ${partOf.name} only`);
        chosen.add(partOf);
        setOwn(message, field.name, convert(given));
      });
    }
    return message;
  };
}

function fieldConverter(field: Field): Convert {
  const convert = valueConverter(field);
  if (field.map) return mapConverter((field as Field & Pick<MapField, 'keyType'>).keyType, convert);
  if (!field.repeated) return convert;
  return (value) => {
    if (!Array.isArray(value)) return unfit(value, 'a list');
    const list: unknown[] = [];
    for (const [index, each] of value.entries()) within(index, () => list.push(convert(each)));
    return list;
  };
}

function mapConverter(keyType: string, convert: Convert): Convert {
  return (value) => {
    if (!isPlainRecord(value) || value instanceof Uint8Array) return unfit(value, 'a map');
    const map: Record<string, unknown> = {};
    for (const [key, each] of Object.entries(value))
      within(ANY_KEY, () => {
        if (!isKey(key, keyType)) unfit(key, `a key that is a ${keyType}`);
        setOwn(map, key, convert(each));
      });
    return map;
  };
}

function isKey(key: string, type: string): boolean {
  const texts = KEY_TEXTS[type];
  if (texts !== undefined) return texts.test(key);
  if (!INTEGER.test(key)) return false;
  try {
    SCALARS[type]!(BigInt(key));
    return true;
  } catch {
    return false;
  }
}

function valueConverter({ type, resolvedType }: Field): Convert {
  if (resolvedType === null) return SCALARS[type]!;
  if ('values' in resolvedType) return enumConverter(resolvedType);
  // Messages may hold themselves: made when one is written.
  let converter: Convert | undefined;
  return (value) => (converter ??= messageConverter(resolvedType))(value);
}

function enumConverter({ values }: Enum): Convert {
  const isNumber = signed(32);
  return (value) => {
    if (typeof value === 'string' && Object.hasOwn(values, value)) return values[value];
    if (isNumber(value)) return Number(value);
    return unfit(value, `one of ${Object.keys(values).join(', ')}`);
  };
}

function numberOf(value: unknown, wanted: string): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : unfit(value, wanted);
}

function integers(
  types: readonly string[],
  isInRange: InRange,
  convert: (value: number | bigint) => unknown,
): Record<string, Convert> {
  return Object.fromEntries(
    types.map((type) => [type, (value: unknown) => (isInRange(value) ? convert(value) : unfit(value, `a ${type}`))]),
  );
}

/** As the library takes a number of 64 bits. */
function halves(value: number | bigint): { readonly low: number; readonly high: number } {
  const bits = BigInt.asUintN(64, BigInt(value));
  return { low: Number(bits & 0xffff_ffffn), high: Number(bits >> 32n) };
}

function timestamp(ms: number): object {
  const seconds = Math.floor(ms / 1000);
  return { seconds: halves(seconds), nanos: (ms - seconds * 1000) * 1_000_000 };
}
