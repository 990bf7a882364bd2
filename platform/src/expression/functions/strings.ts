/** Functions on text. Positions and sizes count characters (code points), not UTF-16 units. */
import { spendWork, workExceeded } from '../budget.js';
import { EvaluationError } from '../evaluation.js';
import type { Int } from '../integer.js';
import { withValues } from './definition.js';
import type { FunctionDefinition } from './definition.js';
import { formatText } from './format.js';
import { matches } from './regular-expression.js';

const NON_ASCII = /[^\x00-\x7f]/;

/** For functions that look at the whole text: a macro may call them for each element of a list. */
function walking<Rest extends readonly unknown[], Result>(
  run: (text: string, ...rest: Rest) => Result,
): (text: string, ...rest: Rest) => Result | EvaluationError {
  return (text, ...rest) => (spendWork(text.length >> 4) ? run(text, ...rest) : workExceeded());
}

/** The characters of a text, as something with `length`, `[i]` and `slice`: the text itself when that is the same. */
function characters(text: string): string | string[] {
  return NON_ASCII.test(text) ? Array.from(text) : text;
}

export function textSize(text: string): number {
  return characters(text).length;
}

const slice = (text: string, from: number, to?: number): string => {
  const units = characters(text);
  return typeof units === 'string' ? units.slice(from, to) : units.slice(from, to).join('');
};

const outOfRange = (at: Int): EvaluationError =>
  new EvaluationError('index_out_of_range', `position ${at} is outside of the text`);

function charAt(text: string, at: Int): string | EvaluationError {
  const size = textSize(text);
  return at >= 0 && at <= size ? slice(text, Number(at), Number(at) + 1) : outOfRange(at);
}

/** A position in UTF-16 units as one in characters. */
const position = (text: string, unit: number): number => (unit < 0 ? -1 : textSize(text.slice(0, unit)));

function indexOf(text: string, part: string, from: Int = 0): number | EvaluationError {
  const size = textSize(text);
  if (from < 0 || from > size) return outOfRange(from);
  const unit = slice(text, 0, Number(from)).length;
  return position(text, text.indexOf(part, unit));
}

function lastIndexOf(text: string, part: string, from?: Int): number | EvaluationError {
  const size = textSize(text);
  if (from !== undefined && (from < 0 || from > size)) return outOfRange(from);
  const unit = from === undefined ? text.length : slice(text, 0, Number(from)).length;
  return position(text, text.lastIndexOf(part, unit));
}

function substring(text: string, from: Int, to?: Int): string | EvaluationError {
  const size = textSize(text);
  const end = to ?? size;
  if (from < 0 || from > size) return outOfRange(from);
  if (end < from || end > size) return outOfRange(end);
  return slice(text, Number(from), Number(end));
}

function replace(text: string, part: string, by: string, limit: Int = -1): string | EvaluationError {
  const parts = text.split(part);
  const count = limit < 0 ? parts.length - 1 : Math.min(Number(limit), parts.length - 1);
  if (!spendWork(text.length + count * by.length)) return workExceeded();
  return (
    parts.slice(0, count + 1).join(by) +
    parts
      .slice(count + 1)
      .map((rest) => part + rest)
      .join('')
  );
}

function split(text: string, separator: string, limit: Int = -1): string[] | EvaluationError {
  if (!spendWork(text.length)) return workExceeded();
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  if (limit < 0 || parts.length <= limit) return parts;
  if (limit === 0) return [];
  const kept = Number(limit) - 1;
  return [...parts.slice(0, kept), parts.slice(kept).join(separator)];
}

function join(parts: readonly unknown[], separator = ''): string | EvaluationError {
  let size = 0;
  for (const part of parts) {
    if (typeof part !== 'string') return new EvaluationError('no_such_overload', 'join() takes a list of texts');
    size += part.length + separator.length;
  }
  return spendWork(size) ? parts.join(separator) : workExceeded();
}

// Unicode's White_Space, which is JavaScript's set of trim() with U+0085 and without U+FEFF.
const SPACE = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const TRIMMED = new RegExp(`^${SPACE}+`, 'u');
const IS_SPACE = new RegExp(SPACE, 'u');

function trim(text: string): string {
  const begun = text.replace(TRIMMED, '');
  let end = begun.length;
  while (end > 0 && IS_SPACE.test(begun[end - 1] ?? '')) end--;
  return begun.slice(0, end);
}

const QUOTED: ReadonlyMap<string, string> = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
]);

function quote(text: string): string {
  // By way of bytes, so that half a surrogate pair becomes U+FFFD.
  const quoted = Buffer.from(text)
    .toString()
    .replace(/[\x07\b\f\n\r\t\v\\"]/g, (character: string) => QUOTED.get(character) ?? character);
  return `"${quoted}"`;
}

export const strings: readonly FunctionDefinition[] = [
  {
    name: 'contains',
    description: 'Whether a text holds another.',
    example: '"card testing".contains("test")',
    overloads: { 'string.contains(string) -> bool': walking((text, part: string) => text.includes(part)) },
  },
  {
    name: 'startsWith',
    description: 'Whether a text begins with another.',
    example: '"NL91ABNA".startsWith("NL")',
    overloads: { 'string.startsWith(string) -> bool': (text: string, part: string) => text.startsWith(part) },
  },
  {
    name: 'endsWith',
    description: 'Whether a text ends with another.',
    example: '"report.pdf".endsWith(".pdf")',
    overloads: { 'string.endsWith(string) -> bool': (text: string, part: string) => text.endsWith(part) },
  },
  {
    name: 'matches',
    description:
      'Whether a regular expression of RE2 is found in a text; ^ and $ tie it to the ends. It takes time linear in the text.',
    example: '"AB-1234".matches("^[A-Z]+-[0-9]+$")',
    overloads: { 'string.matches(string) -> bool': matches, 'matches(string, string) -> bool': matches },
  },
  {
    name: 'charAt',
    description: 'The character at a position, counted from 0; empty at the end.',
    example: '"hello".charAt(4) == "o"',
    overloads: { 'string.charAt(int) -> string': walking(charAt) },
  },
  {
    name: 'indexOf',
    description: 'The position of the first occurrence, at or after a position if one is given; -1 without one.',
    example: '"hello mellow".indexOf("ello", 2) == 7',
    overloads: {
      'string.indexOf(string) -> int': walking(indexOf),
      'string.indexOf(string, int) -> int': walking(indexOf),
    },
  },
  {
    name: 'lastIndexOf',
    description: 'The position of the last occurrence, at or before a position if one is given; -1 without one.',
    example: '"hello mellow".lastIndexOf("ello") == 7',
    overloads: {
      'string.lastIndexOf(string) -> int': walking(lastIndexOf),
      'string.lastIndexOf(string, int) -> int': walking(lastIndexOf),
    },
  },
  {
    name: 'lowerAscii',
    description: 'The text with A to Z in lower case.',
    example: '"TacoCat".lowerAscii() == "tacocat"',
    overloads: {
      'string.lowerAscii() -> string': walking((text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
    },
  },
  {
    name: 'upperAscii',
    description: 'The text with a to z in upper case.',
    example: '"nl".upperAscii() == "NL"',
    overloads: {
      'string.upperAscii() -> string': walking((text) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
    },
  },
  {
    name: 'replace',
    description: 'The text with all occurrences replaced, or the first n.',
    example: '"a-b-c".replace("-", "", 1) == "ab-c"',
    overloads: {
      'string.replace(string, string) -> string': replace,
      'string.replace(string, string, int) -> string': replace,
    },
  },
  {
    name: 'split',
    description: 'The parts between separators; at most n of them if n is given.',
    example: '"a,b,c".split(",") == ["a", "b", "c"]',
    overloads: { 'string.split(string) -> list<string>': split, 'string.split(string, int) -> list<string>': split },
  },
  {
    name: 'substring',
    description: 'The text from a position, up to another one if it is given.',
    example: '"tacocat".substring(0, 4) == "taco"',
    overloads: {
      'string.substring(int) -> string': walking(substring),
      'string.substring(int, int) -> string': walking(substring),
    },
  },
  {
    name: 'trim',
    description: 'The text without white space at its ends.',
    example: '"  a b ".trim() == "a b"',
    overloads: { 'string.trim() -> string': walking(trim) },
  },
  {
    name: 'join',
    description: 'The texts of a list as one, with a separator if it is given.',
    example: '["a", "b"].join("-") == "a-b"',
    overloads: { 'list<string>.join() -> string': join, 'list<string>.join(string) -> string': join },
  },
  {
    name: 'strings.quote',
    description: 'The text in quotes, with escapes, so that it can be printed on one line.',
    example: 'strings.quote(\'say "hi"\') == \'"say \\\\"hi\\\\""\'',
    overloads: { 'strings.quote(string) -> string': walking(quote) },
  },
  {
    name: 'format',
    description:
      'The text with %s, %d, %f, %.2f, %e, %x, %X, %o and %b replaced by the values of a list in turn; %% is a percent sign.',
    example: '"%s: %.2f".format(["total", 2.5]) == "total: 2.50"',
    overloads: {
      'string.format(list<dyn>) -> string': withValues(
        (values) => (text: string, list: readonly unknown[]) => formatText(text, list, values),
      ),
    },
  },
];
