/** Conversions between types, `type` and `dyn`. */
import { EvaluationError } from '../evaluation.js';
import type { Int } from '../integer.js';
import { normalInt, truncated } from '../integer.js';
import { formatDurationSeconds, formatTimestampNanos } from '../time-text.js';
import { TypeValue } from '../type-value.js';
import { withValues } from './definition.js';
import type { FunctionDefinition } from './definition.js';

const BOOLS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
]);

function invalid(text: string, type: string): EvaluationError {
  const shown = text.length > 40 ? `${text.slice(0, 40)}...` : text;
  return new EvaluationError('invalid_argument', `${JSON.stringify(shown)} is not of the form of ${type}`);
}

const UINT_MAX = (1n << 64n) - 1n;
/** uint reaches to 2^64 - 1, further than normalInt. */
function normalUint(value: bigint): Int | EvaluationError {
  if (value < 0n || value > UINT_MAX)
    return new EvaluationError('overflow', `${value} is no unsigned integer of 64 bits`);
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function intOf(text: string): Int | EvaluationError {
  return /^[+-]?\d{1,30}$/.test(text) ? normalInt(BigInt(text.replace(/^\+/, ''))) : invalid(text, 'an int');
}

function uintOf(text: string): Int | EvaluationError {
  return /^\d{1,30}$/.test(text) ? normalUint(BigInt(text)) : invalid(text, 'an unsigned int');
}

function doubleOf(text: string): number | EvaluationError {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  const special = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(text);
  if (special === null) return invalid(text, 'a double');
  return special[2] === undefined ? NaN : special[1] === '-' ? -Infinity : Infinity;
}

export function doubleText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

function utf8(bytes: Uint8Array): string | EvaluationError {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new EvaluationError('invalid_argument', 'the bytes are not UTF-8');
  }
}

const same = (value: unknown): unknown => value;

export const conversions: readonly FunctionDefinition[] = [
  {
    name: 'bool',
    description: 'A bool of a text such as "true".',
    example: 'bool("true")',
    overloads: {
      'bool(bool) -> bool': same,
      'bool(string) -> bool': (text: string) => BOOLS.get(text) ?? invalid(text, 'a bool'),
    },
  },
  {
    name: 'int',
    description: 'An integer of a number (cut towards zero), a text, or a timestamp (seconds since 1970).',
    example: 'int(2.9) == 2',
    overloads: {
      'int(int) -> int': same,
      'int(uint) -> int': (value: Int) => normalInt(BigInt(value)),
      'int(double) -> int': truncated,
      'int(string) -> int': intOf,
      'int(timestamp) -> int': withValues((values) => (time: unknown) => Math.floor(values.milliseconds(time) / 1000)),
    },
  },
  {
    name: 'uint',
    description: 'An unsigned integer of a number or a text.',
    example: 'uint("300") == uint(300)',
    overloads: {
      'uint(uint) -> uint': same,
      'uint(int) -> uint': (value: Int) => normalUint(BigInt(value)),
      'uint(double) -> uint': (value: number) =>
        Number.isFinite(value) ? normalUint(BigInt(Math.trunc(value))) : normalUint(-1n),
      'uint(string) -> uint': uintOf,
    },
  },
  {
    name: 'double',
    description: 'A double of a number or a text.',
    example: 'double("12.5") == 12.5',
    overloads: {
      'double(double) -> double': same,
      'double(int) -> double': Number,
      'double(uint) -> double': Number,
      'double(string) -> double': doubleOf,
    },
  },
  {
    name: 'string',
    description:
      'A value as text: numbers in decimals, timestamps as in RFC 3339, durations in seconds, types by name.',
    example: 'string(12.5) == "12.5"',
    overloads: {
      'string(string) -> string': same,
      'string(bool) -> string': String,
      'string(int) -> string': String,
      'string(uint) -> string': String,
      'string(double) -> string': doubleText,
      'string(bytes) -> string': utf8,
      'string(timestamp) -> string': withValues(
        (values) => (time: unknown) => formatTimestampNanos(values.nanoseconds(time)),
      ),
      'string(duration) -> string': withValues(
        (values) => (time: unknown) => formatDurationSeconds(values.nanoseconds(time)),
      ),
      'string(type) -> string': ({ name }: TypeValue) => name,
    },
  },
  {
    name: 'bytes',
    description: 'The UTF-8 bytes of a text.',
    example: 'size(bytes("é")) == 2',
    overloads: {
      'bytes(bytes) -> bytes': same,
      'bytes(string) -> bytes': (text: string) => new TextEncoder().encode(text),
    },
  },
  {
    name: 'type',
    description:
      'The type of a value, to be compared with int, double, string, ... An integral number of an untyped event is an int.',
    example: 'type("a") == string',
    overloads: {
      // Where the checker knows the type, it counts: a double that is integral, or milliseconds, look like an int.
      'type(double) -> type': () => typeOf('double'),
      'type(uint) -> type': () => typeOf('uint'),
      'type(timestamp) -> type': () => typeOf('timestamp'),
      'type(duration) -> type': () => typeOf('duration'),
      'type(dyn) -> type': withValues((values) => (value: unknown) => typeOf(values.kindOf(value) ?? 'dyn')),
    },
  },
  {
    name: 'dyn',
    description: 'The value, with its type unknown to the checker.',
    example: 'dyn(1) == 1',
    overloads: { 'dyn(dyn) -> dyn': same },
  },
];

const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['null', 'null_type'],
  ['timestamp', 'google.protobuf.Timestamp'],
  ['duration', 'google.protobuf.Duration'],
]);

function typeOf(kind: string): TypeValue {
  return new TypeValue(TYPE_NAMES.get(kind) ?? kind);
}
