/**
 * Holds decoded values against an ingress's schema and brings them to the representation of `expression/type.ts`:
 * timestamps to integer milliseconds, texts of textual formats to typed values, bytes from base64.
 *
 * Invariants
 * - Works in place: a decoded value belongs to the source until it becomes a record.
 * - The first problem is told by the path of the field and its expected type, never with the field's content (`pii`).
 * - The generated check contains field names only as JSON literals; everything unusual goes to a closure.
 */
import type { FieldType, RecordType, ValueType } from '../../expression/type.js';
import { setOwn } from '../../common/own-property.js';
import { TIME_MAX, timeParser, type TimeParser } from '../../time/time-parser.js';

/** @returns what is wrong with the value, or undefined */
export type Conformer = (value: Record<string, unknown>) => string | undefined;

/** A converter gives the value in its final representation, or FAILED. */
type Converter = (value: unknown) => unknown;
const FAILED = Symbol('failed');

export interface ConformOptions {
  /** Scalars are texts (CSV, groups of a regular expression); an empty text is absent. */
  readonly textual: boolean;
  /** How the time field is written: its path, and the parser. */
  readonly time?: { readonly path: readonly string[]; readonly parse: TimeParser; readonly isMillis?: boolean };
}

export function createConformer(schema: RecordType, options: ConformOptions): Conformer {
  const names = Object.keys(schema.fields);
  if (names.length === 0) return () => undefined;
  const slow = names.map((name) => fieldConformer(name, schema.fields[name]!, options, [name]));
  if (options.textual) return (value) => firstProblem(slow, value);
  const lines = names.map((name, i) => {
    const read = `v[${JSON.stringify(name)}]`;
    const own = name in Object.prototype ? `hasOwn(v, ${JSON.stringify(name)}) && ` : '';
    const isTime = pathEquals(options.time?.path, [name]);
    const fine = isTime
      ? quickTimeCheck(schema.fields[name]!.type, options.time?.isMillis === true)
      : quickCheck(schema.fields[name]!.type);
    const test = fine === undefined ? 'true' : `!(${own}${fine.replace(/\bx\b/g, () => read)})`;
    return `if (${test}) { const problem = slow[${i}](v); if (problem !== undefined) return problem; }`;
  });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- names are JSON literals, see the header
  const make = new Function(
    'slow',
    'hasOwn',
    `return function conform(v) { ${lines.join('\n')} return undefined; };`,
  ) as (slow: readonly Conformer[], hasOwn: (value: object, name: string) => boolean) => Conformer;
  return make(slow, Object.hasOwn);
}

function firstProblem(conformers: readonly Conformer[], value: Record<string, unknown>): string | undefined {
  for (const conform of conformers) {
    const problem = conform(value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A JavaScript test on `x` that says "already in its final form", or undefined where there is no cheap one. */
function quickCheck(type: ValueType): string | undefined {
  switch (type.kind) {
    case 'string':
      return "typeof x === 'string'";
    case 'bool':
      return "typeof x === 'boolean'";
    case 'double':
      return "typeof x === 'number'";
    case 'int':
      return 'Number.isSafeInteger(x)';
    case 'dyn':
      return 'x !== undefined';
    default:
      return undefined;
  }
}

/** The same for the time field: a number of milliseconds is a timestamp as it stands. */
function quickTimeCheck(type: ValueType, isMillis: boolean): string | undefined {
  return isMillis && type.kind === 'timestamp'
    ? `Number.isSafeInteger(x) && x >= ${-TIME_MAX} && x <= ${TIME_MAX}`
    : undefined;
}

function pathEquals(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a !== undefined && a.length === b.length && a.every((part, i) => part === b[i]);
}

function fieldConformer(name: string, field: FieldType, options: ConformOptions, path: readonly string[]): Conformer {
  const convert = converter(field.type, options, path);
  const shown = path.join('.');
  const expected = describe(field.type);
  const parse = pathEquals(options.time?.path, path) ? options.time!.parse : undefined;
  return (value) => {
    const found = Object.hasOwn(value, name) ? value[name] : undefined;
    if (found === undefined || (options.textual && found === '' && field.type.kind !== 'string')) {
      if (found !== undefined) delete value[name];
      return field.optional === true ? undefined : `field ${shown} is missing (${expected})`;
    }
    if (found === null)
      return field.optional === true || field.type.kind === 'dyn'
        ? undefined
        : `field ${shown} is null (${expected} expected)`;
    if (parse !== undefined) {
      const time = parse(found);
      if (typeof time === 'string') return `field ${shown} ${time}`;
      if (field.type.kind === 'timestamp') {
        setOwn(value, name, time);
        return undefined;
      }
    }
    const converted = convert(found);
    if (converted === FAILED) return `field ${shown} is not ${expected}`;
    if (typeof converted === 'object' && converted instanceof NestedProblem) return converted.text;
    if (converted !== found) setOwn(value, name, converted);
    return undefined;
  };
}

class NestedProblem {
  constructor(readonly text: string) {}
}

function converter(type: ValueType, options: ConformOptions, path: readonly string[]): Converter {
  const { textual } = options;
  switch (type.kind) {
    case 'string':
      return (value) => (typeof value === 'string' ? value : FAILED);
    case 'bool':
      return textual ? textToBool : (value) => (typeof value === 'boolean' ? value : FAILED);
    case 'double':
      return textual ? textToDouble : toDouble;
    case 'int':
    case 'uint':
      return textual ? textToInt : toInt;
    case 'timestamp': {
      const parse = timeParser(undefined, undefined);
      return (value) => {
        const numeric = textual && typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
        const time = parse(numeric);
        return typeof time === 'string' ? FAILED : time;
      };
    }
    case 'duration':
      return toDuration;
    case 'bytes':
      return toBytes;
    case 'list':
      return listConverter(converter(type.element, options, path));
    case 'map':
      return mapConverter(converter(type.value, options, path));
    case 'record':
      return recordConverter(type, options, path);
    default:
      return (value) => value;
  }
}

/** Texts are base64. */
function toBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return value;
  return typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : FAILED;
}

function toDouble(value: unknown): unknown {
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : FAILED;
}

function toInt(value: unknown): unknown {
  if (typeof value === 'bigint') return value >= -(2n ** 63n) && value < 2n ** 63n ? value : FAILED;
  return Number.isSafeInteger(value) ? value : FAILED;
}

function textToBool(value: unknown): unknown {
  const text = String(value).trim().toLowerCase();
  return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : FAILED;
}

function textToDouble(value: unknown): unknown {
  const text = String(value).trim();
  const number = Number(text);
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(number) ? number : FAILED;
}

function textToInt(value: unknown): unknown {
  const text = String(value).trim();
  if (!/^[+-]?\d+$/.test(text)) return FAILED;
  const number = Number(text);
  return toInt(Number.isSafeInteger(number) ? number : BigInt(text));
}

const DURATION_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds as a number, or a text such as `1h30m`. */
function toDuration(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : FAILED;
  if (typeof value !== 'string' || !/^-?(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(value)) return FAILED;
  let millis = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    millis += Number(amount) * DURATION_UNIT[unit!]!;
  return Math.trunc(value.startsWith('-') ? -millis : millis);
}

function listConverter(element: Converter): Converter {
  return (value) => {
    if (!Array.isArray(value)) return FAILED;
    for (let i = 0; i < value.length; i++) {
      const converted = element(value[i]);
      if (converted === FAILED || converted instanceof NestedProblem) return converted;
      value[i] = converted;
    }
    return value as unknown;
  };
}

function mapConverter(each: Converter): Converter {
  return (value) => {
    if (!isMap(value)) return FAILED;
    for (const name of Object.keys(value)) {
      const converted = each(value[name]);
      if (converted === FAILED || converted instanceof NestedProblem) return converted;
      if (converted !== value[name]) setOwn(value, name, converted);
    }
    return value;
  };
}

function recordConverter(type: RecordType, options: ConformOptions, path: readonly string[]): Converter {
  const conformers = Object.entries(type.fields).map(([name, field]) =>
    fieldConformer(name, field, options, [...path, name]),
  );
  return (value) => {
    if (!isMap(value)) return FAILED;
    const problem = firstProblem(conformers, value);
    return problem === undefined ? value : new NestedProblem(problem);
  };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** A type as messages name it. */
function describe(type: ValueType): string {
  switch (type.kind) {
    case 'list':
      return `list<${describe(type.element)}>`;
    case 'map':
      return `map<${describe(type.value)}>`;
    case 'record':
      return 'a map of named fields';
    default:
      return type.kind;
  }
}
