/**
 * JSON text to values, exactly: what `JSON.parse` gets wrong or lets through is dealt with here.
 *
 * | in the text                               | value                                                      |
 * |-------------------------------------------|------------------------------------------------------------|
 * | an integer within ±(2^53-1)               | number                                                     |
 * | an integer beyond                         | bigint, so that 64-bit identifiers keep their last digits  |
 * | a number with a fraction or an exponent   | number (double); `-0` stays -0                             |
 * | a number beyond the range of a double     | infinity, as in JavaScript (`1e400`)                       |
 * | `NaN`, `Infinity`                         | refused: no JSON                                           |
 * | half of a surrogate pair (`"\ud800"`)     | U+FFFD, in keys too: text inside is always valid Unicode   |
 * | a key written twice                       | the last one                                               |
 * | `__proto__` as a key                      | an own property like any other                             |
 * | nesting deeper than 500                   | refused                                                    |
 */
import { parse as parseLossless } from 'lossless-json';
import { BadRecordError, JSON_DEPTH_MAX, tooDeepAt } from '../api/index.js';

const DIGITS_THAT_MAY_BE_INEXACT = 16;
const HALF_SURROGATE = /\\u[dD][89a-fA-F]/;

/** One JSON text to its value. Throws BadRecordError, and nothing else. */
export function parseJson(text: string): unknown {
  assertDepth(text);
  const value = parsePlain(text);
  return needsExactParser(text) ? parseExact(text) : value;
}

/** The same for text of which `mayBeUnusual` is known to be false. */
export function parseUsualJson(text: string): unknown {
  assertDepth(text);
  return parsePlain(text);
}

/**
 * Whether bytes of JSON hold anything for which `JSON.parse` is not enough, apart from depth. May say yes for nothing.
 * Sixteen digits in a row cover one position in every sixteen, so that only those are looked at.
 */
export function mayBeUnusual(bytes: Buffer): boolean {
  for (let at = DIGITS_THAT_MAY_BE_INEXACT - 1; at < bytes.length; at += DIGITS_THAT_MAY_BE_INEXACT) {
    if (!isDigit(bytes[at])) continue;
    let first = at;
    while (isDigit(bytes[first - 1])) first--;
    let end = at + 1;
    while (isDigit(bytes[end])) end++;
    if (end - first >= DIGITS_THAT_MAY_BE_INEXACT) return true;
  }
  return bytes.includes('\\u', 0, 'latin1');
}

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= 48 && code <= 57;
}

function needsExactParser(text: string): boolean {
  return /\d{16}/.test(text) || HALF_SURROGATE.test(text);
}

function parsePlain(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRecordError(describeSyntaxError(text));
  }
}

/** The text is known to be valid JSON, not too deep. */
function parseExact(text: string): unknown {
  const value = parseLossless(text, undefined, {
    parseNumber: exactNumber,
    onDuplicateKey: ({ newValue }) => newValue,
  });
  return HALF_SURROGATE.test(text) ? wellFormed(value) : value;
}

function exactNumber(text: string): number | bigint {
  const number = Number(text);
  if (Number.isSafeInteger(number) || !/^-?\d+$/.test(text)) return number;
  return BigInt(text);
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return withoutHalfSurrogates(value);
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [withoutHalfSurrogates(key), wellFormed(item)] as const);
  // fromEntries defines properties, so that `__proto__` stays a plain key.
  return Object.fromEntries(entries);
}

function withoutHalfSurrogates(text: string): string {
  // With the flag u, a proper pair is one character and does not match.
  return text.replace(/[\ud800-\udfff]/gu, '\ufffd');
}

function assertDepth(text: string): void {
  const at = tooDeepAt(text);
  if (at !== undefined) throw new BadRecordError(`nested deeper than ${JSON_DEPTH_MAX} levels, at character ${at}`);
}

/** Where the text stops being JSON, without quoting it: it may hold what must not get into a log. */
function describeSyntaxError(text: string): string {
  let message = '';
  try {
    // V8's own messages quote the text and mostly lack the position.
    parseLossless(text);
  } catch (error) {
    message = error instanceof Error ? error.message : '';
  }
  const position = /position (\d+)$/.exec(message)?.[1];
  if (position === undefined) return 'not valid JSON';
  return Number(position) >= text.length
    ? 'not valid JSON: it ends too early'
    : `not valid JSON at character ${Number(position)}`;
}
