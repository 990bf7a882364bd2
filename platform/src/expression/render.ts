/**
 * Values as others see them: in a message for people, and in an alert's JSON. The type tells a timestamp or a duration
 * from a number.
 *
 *            message                     JSON
 * timestamp  2026-01-31T12:00:00Z        the same text
 * duration   1h30m, 4m30s, 250ms         text as CEL writes it, in seconds: "5400s", "0.25s"
 * int        12                          number, a bigint beyond 2^53 (for a writer that knows them)
 * double     2.5, NaN, Infinity          number; NaN and the infinities as text, which JSON lacks
 * bytes      base64                      base64
 *
 * For a format that has them, bytes and all doubles are as they are.
 */
import { EvaluationError } from './evaluation.js';
import { isMap, mapEntries, MapValue, type MapLike } from './map-value.js';
import { formatDurationMs, formatDurationSecondsMs, formatTimestampMs } from './time-text.js';
import { DYN, fieldType } from './type-relation.js';
import { TypeValue } from './type-value.js';
import type { ValueType } from './type.js';

/** Lists and maps are cut here: an expression can make a small value that is huge when written out. */
const MAX_ELEMENTS = 100_000;
const MAX_DEPTH = 100;
/** Far fewer than are cut. */
const FEW_FIELDS = 1000;

/** For a message. Absent is "-", an error its message in angle brackets. */
export function renderValue(value: unknown, type: ValueType): string {
  if (value === undefined) return '-';
  if (value instanceof EvaluationError) return `<${value.message}>`;
  if (type.kind === 'timestamp' && typeof value === 'number') return formatTimestampMs(value);
  if (type.kind === 'duration' && typeof value === 'number') return formatDurationMs(value);
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || value === null)
    return String(value);
  const json = toJson(value, type);
  return typeof json === 'string'
    ? json
    : JSON.stringify(json, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
}

/** What whoever is given values has forms for: what JSON has, or bytes and all doubles as well. */
export type ValueForm = 'json' | 'binary';

/** How much may still be written out. */
interface Budget {
  left: number;
  readonly form: ValueForm;
}

/**
 * For JSON, or a form that has more. Absent values in maps are left out; what is no value at all gives undefined.
 * @returns the value itself where nothing of it changes: it is for reading
 */
export function toJson(value: unknown, type: ValueType, form: ValueForm = 'json'): unknown {
  if (isMap(value) && isOwnForm(value, type, form)) return value;
  return convert(value, type, { left: MAX_ELEMENTS, form }, 0);
}

/** Most of what leaves: few fields, and of each the value is the form. */
function isOwnForm(value: MapLike, type: ValueType, form: ValueForm): boolean {
  if (value instanceof MapValue) return false;
  let fields = 0;
  for (const name in value) {
    if (++fields > FEW_FIELDS) return false;
    const part = value[name];
    switch (typeof part) {
      case 'string':
      case 'boolean':
      case 'bigint':
        break;
      case 'number': {
        const { kind } = partType(type, name);
        if (kind === 'timestamp' || kind === 'duration' || !(form === 'binary' || Number.isFinite(part))) return false;
        break;
      }
      default:
        if (part !== null && !(form === 'binary' && part instanceof Uint8Array)) return false;
    }
  }
  return true;
}

function partType(type: ValueType, name: string): ValueType {
  return type.kind === 'record' ? (fieldType(type, name) ?? DYN) : type.kind === 'map' ? type.value : DYN;
}

function convert(value: unknown, type: ValueType, budget: Budget, depth: number): unknown {
  if (budget.left-- <= 0 || depth > MAX_DEPTH) return null;
  switch (typeof value) {
    case 'number':
      if (type.kind === 'timestamp') return formatTimestampMs(value);
      if (type.kind === 'duration') return formatDurationSecondsMs(value);
      return Number.isFinite(value) || budget.form === 'binary' ? value : String(value);
    case 'string':
    case 'boolean':
    case 'bigint':
      return value;
    case 'object':
      return value === null ? null : convertObject(value, type, budget, depth);
    default:
      return undefined;
  }
}

function convertObject(value: object, type: ValueType, budget: Budget, depth: number): unknown {
  if (Array.isArray(value)) {
    const element = type.kind === 'list' ? type.element : DYN;
    return value.slice(0, Math.max(0, budget.left)).map((one: unknown) => convert(one, element, budget, depth + 1));
  }
  if (value instanceof Uint8Array) return budget.form === 'binary' ? value : Buffer.from(value).toString('base64');
  if (value instanceof TypeValue) return value.name;
  if (!isMap(value)) return undefined;
  const entries = mapEntries(value).slice(0, Math.max(0, budget.left));
  return Object.fromEntries(
    entries.map(([key, one]) => [String(key), convert(one, partType(type, String(key)), budget, depth + 1)]),
  );
}
