/** `text.format(list)`: the verbs of CEL's string extension. */
import { spendWork, workExceeded } from '../budget.js';
import { EvaluationError } from '../evaluation.js';
import { isMap, mapEntries } from '../map-value.js';
import { Uint } from '../strict-number.js';
import { formatDurationSeconds, formatTimestampNanos } from '../time-text.js';
import { TypeValue } from '../type-value.js';
import type { Values } from '../values.js';

const VERB = /%(%|(?:\.(\d{1,3}))?([sdfexXob]))?/g;

export function formatText(text: string, list: readonly unknown[], values: Values): string | EvaluationError {
  let at = 0;
  let result = '';
  let from = 0;
  for (const found of text.matchAll(VERB)) {
    const [all, body, precision, verb] = found;
    result += text.slice(from, found.index);
    from = found.index + all.length;
    if (body === undefined)
      return new EvaluationError(
        'invalid_argument',
        `${JSON.stringify(text.slice(found.index, from + 1))} is no verb of format()`,
      );
    if (body === '%') result += '%';
    else {
      if (at >= list.length)
        return new EvaluationError('invalid_argument', `format() has ${list.length} values and needs more`);
      const shown = formatOne(verb ?? 's', list[at++], precision === undefined ? undefined : Number(precision), values);
      if (shown instanceof EvaluationError) return shown;
      if (!spendWork(shown.length)) return workExceeded();
      result += shown;
    }
  }
  return result + text.slice(from);
}

function formatOne(
  verb: string,
  value: unknown,
  precision: number | undefined,
  values: Values,
): string | EvaluationError {
  const plain = value instanceof Uint ? value.value : value;
  const isInteger = typeof plain === 'bigint' || (Number.isInteger(plain) && !values.strict);
  const isNumber = typeof plain === 'number' || typeof plain === 'bigint';
  const special = typeof plain === 'number' && !Number.isFinite(plain) ? specialNumber(plain) : undefined;
  switch (verb) {
    case 's':
      return showValue(value, values);
    case 'd':
      return isInteger ? String(plain) : (special ?? wrongVerb(verb, value, values));
    case 'f':
      return special ?? (isNumber ? fixed(Number(plain), precision ?? 6) : wrongVerb(verb, value, values));
    case 'e':
      return special ?? (isNumber ? scientific(Number(plain), precision ?? 6) : wrongVerb(verb, value, values));
    case 'b':
      if (typeof plain === 'boolean') return plain ? '1' : '0';
      return isInteger ? BigInt(plain as number | bigint).toString(2) : wrongVerb(verb, value, values);
    case 'o':
      return isInteger ? BigInt(plain as number | bigint).toString(8) : wrongVerb(verb, value, values);
    default: {
      const hex = hexadecimal(plain, isInteger);
      return hex === undefined ? wrongVerb(verb, value, values) : verb === 'X' ? hex.toUpperCase() : hex;
    }
  }
}

function wrongVerb(verb: string, value: unknown, values: Values): EvaluationError {
  return new EvaluationError('invalid_argument', `%${verb} does not apply to ${values.kindOf(value) ?? 'this value'}`);
}

function hexadecimal(value: unknown, isInteger: boolean): string | undefined {
  if (isInteger) return BigInt(value as number | bigint).toString(16);
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : undefined;
}

function specialNumber(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** With ties to the even digit, where they are exact, as C and Go round. */
function fixed(value: number, digits: number): string {
  const places = Math.min(digits, 100);
  const rounded = value.toFixed(places);
  const scaled = value * 10 ** places;
  const isTie = Math.abs(scaled) < 2 ** 52 && Math.abs(scaled % 1) === 0.5;
  if (!isTie) return rounded;
  const down = Math.trunc(scaled);
  return ((down % 2 === 0 ? down : down + Math.sign(scaled)) / 10 ** places).toFixed(places);
}

function scientific(value: number, digits: number): string {
  return value.toExponential(Math.min(digits, 100)).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** What `%s` prints. */
function showValue(value: unknown, values: Values, depth = 0): string | EvaluationError {
  if (depth > 100 || !spendWork(1)) return workExceeded();
  switch (values.kindOf(value)) {
    case 'null':
      return 'null';
    case 'string':
      return value as string;
    case 'bool':
    case 'int':
      return String(value);
    case 'uint':
      return String(value instanceof Uint ? value.value : value);
    case 'double':
      return Number.isFinite(value) ? String(value) : specialNumber(value as number);
    case 'bytes':
      return new TextDecoder().decode(value as Uint8Array);
    case 'timestamp':
      return formatTimestampNanos(values.nanoseconds(value));
    case 'duration':
      return formatDurationSeconds(values.nanoseconds(value));
    case 'type':
      return value instanceof TypeValue ? value.name : '';
    case 'list':
      return showAll(
        (value as unknown[]).map((element) => [element]),
        '[',
        ']',
        values,
        depth,
      );
    case 'map':
      return isMap(value) ? showMap(mapEntries(value), values, depth) : '';
    default:
      return new EvaluationError('invalid_argument', 'format() cannot show this value');
  }
}

function showMap(
  entries: (readonly [key: unknown, value: unknown])[],
  values: Values,
  depth: number,
): string | EvaluationError {
  const shown = entries.map(([key, value]) => [String(showValue(key, values, depth)), value] as const);
  shown.sort(([a], [b]) => (a < b ? -1 : 1));
  return showAll(shown, '{', '}', values, depth);
}

function showAll(
  items: readonly (readonly unknown[])[],
  open: string,
  close: string,
  values: Values,
  depth: number,
): string | EvaluationError {
  const parts: string[] = [];
  for (const item of items) {
    const pieces = item.map((piece) => showValue(piece, values, depth + 1));
    const failed = pieces.find((piece) => piece instanceof EvaluationError);
    if (failed instanceof EvaluationError) return failed;
    parts.push(pieces.join(': '));
  }
  return `${open}${parts.join(', ')}${close}`;
}
