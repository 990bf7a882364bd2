/** The content of CEL's string and bytes literals: what the escapes mean. */
import { SyntaxProblem } from './syntax-problem.js';

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ['?', '?'],
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
]);
/** Digits after the escape letter; an octal escape has none and is three digits itself. */
const NUMERIC = { x: 2, X: 2, u: 4, U: 8 } as const;

/**
 * `raw` is the text between the quotes, `offset` where it begins in the expression. In a bytes literal `\xff` and `\377`
 * are bytes and everything else is UTF-8; in a string they are code points.
 */
export function unescapeText(raw: string, offset: number): string {
  let result = '';
  for (const piece of pieces(raw, offset)) {
    result += typeof piece === 'string' ? piece : String.fromCodePoint(codePoint(piece));
  }
  return result;
}

export function unescapeBytes(raw: string, offset: number): Uint8Array {
  const bytes: number[] = [];
  for (const piece of pieces(raw, offset)) {
    if (typeof piece === 'string') for (const byte of new TextEncoder().encode(piece)) bytes.push(byte);
    else if (piece.digits > 2 && piece.base === 16) {
      throw new SyntaxProblem(
        'TG200',
        'a bytes literal has no \\u escapes',
        piece.start,
        piece.end,
        'Write the bytes, as \\xNN.',
      );
    } else bytes.push(codePoint(piece));
  }
  return Uint8Array.from(bytes);
}

interface NumericEscape {
  readonly code: number;
  readonly base: 8 | 16;
  readonly digits: number;
  readonly start: number;
  readonly end: number;
}

function codePoint(escape: NumericEscape): number {
  const { code, start, end } = escape;
  const limit = escape.base === 8 ? 0xff : 0x10ffff;
  if (code > limit || (code >= 0xd800 && code <= 0xdfff))
    throw new SyntaxProblem('TG200', 'the escape is not a character', start, end);
  return code;
}

function* pieces(raw: string, offset: number): Generator<string | NumericEscape> {
  let from = 0;
  for (let at = raw.indexOf('\\'); at >= 0; at = raw.indexOf('\\', from)) {
    if (at > from) yield raw.slice(from, at);
    const letter = raw[at + 1] ?? '';
    const simple = SIMPLE.get(letter);
    if (simple !== undefined) {
      yield simple;
      from = at + 2;
    } else {
      const escape = numeric(raw, at, offset);
      yield escape;
      from = escape.end - offset;
    }
  }
  if (from < raw.length) yield raw.slice(from);
}

function numeric(raw: string, at: number, offset: number): NumericEscape {
  const letter = raw[at + 1] ?? '';
  const octal = letter >= '0' && letter <= '3';
  const digits = octal ? 3 : Object.hasOwn(NUMERIC, letter) ? NUMERIC[letter as keyof typeof NUMERIC] : 0;
  const begin = octal ? at + 1 : at + 2;
  const text = raw.slice(begin, begin + digits);
  if (digits === 0 || !(octal ? /^[0-7]{3}$/ : /^[0-9a-fA-F]+$/).test(text) || text.length < digits) {
    const end = offset + at + 2;
    throw new SyntaxProblem(
      'TG200',
      `"\\${letter}" is not an escape`,
      offset + at,
      end,
      'For a backslash write \\\\, or a raw string: r"\\d+".',
    );
  }
  const base = octal ? 8 : 16;
  return { code: Number.parseInt(text, base), base, digits, start: offset + at, end: offset + begin + digits };
}
