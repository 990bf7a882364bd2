/** CEL's tokens, one at a time, with their places in the text. */
import { unescapeBytes, unescapeText } from './string-literal.js';
import { SyntaxProblem } from './syntax-problem.js';

export type Token = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'end' }
  | { readonly kind: 'name' | 'quotedName' | 'symbol'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'int' | 'uint'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
);

// Sticky and without nested quantifiers: linear in the text.
const BLANK = /(?:[ \t\n\r\f]|\/\/[^\n]*)*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const QUOTED_NAME = /`([A-Za-z0-9_.\-/ ]+)`/y;
const NUMBER = /0[xX][0-9a-fA-F]+[uU]?|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?|\d+/y;
const STRING_OPENING = /([rRbB]{0,2})("""|'''|"|')/y;
const SYMBOL = /&&|\|\||==|!=|<=|>=|[<>+\-*/%!?:.,()[\]{}]/y;

/** What people write who know other languages. */
const FOREIGN: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/=/y, 'To compare, write ==.'],
  [/&/y, 'For "and" write &&.'],
  [/\|/y, 'For "or" write ||.'],
  [/[“”„‘’]/y, 'Text stands in straight quotes, "like this".'],
  [/`/y, 'A field with an odd name is written event["the name"].'],
  [/\$/y, 'Placeholders such as ${NAME} are not replaced in expressions.'],
  [/#/y, 'A comment in an expression begins with //.'],
];

export class Lexer {
  #at = 0;
  constructor(readonly text: string) {}

  next(): Token {
    this.#match(BLANK);
    const start = this.#at;
    if (start >= this.text.length) return { kind: 'end', start, end: start };
    const opening = this.#match(STRING_OPENING);
    if (opening !== null) return this.#string(start, opening[1] ?? '', opening[2] ?? '');
    const name = this.#match(NAME);
    if (name !== null) return { kind: 'name', text: name[0], start, end: this.#at };
    const number = this.#match(NUMBER);
    if (number !== null) return this.#number(start, number[0]);
    const quoted = this.#match(QUOTED_NAME);
    if (quoted !== null) return { kind: 'quotedName', text: quoted[1] ?? '', start, end: this.#at };
    const symbol = this.#match(SYMBOL);
    if (symbol !== null) return { kind: 'symbol', text: symbol[0], start, end: this.#at };
    const character = String.fromCodePoint(this.text.codePointAt(start) ?? 0);
    const hint = FOREIGN.find(([pattern]) => this.#match(pattern) !== null)?.[1];
    throw new SyntaxProblem('TG200', `unexpected ${JSON.stringify(character)}`, start, start + character.length, hint);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  #number(start: number, digits: string): Token {
    const isHex = /^0[xX]/.test(digits);
    const isDouble = !isHex && /[.eE]/.test(digits);
    let unsigned = isHex && /[uU]$/.test(digits);
    if (!isHex && !isDouble && /[uU]/.test(this.text[this.#at] ?? '')) {
      this.#at++;
      unsigned = true;
    }
    this.#refuseSuffix(start);
    const end = this.#at;
    if (isDouble) {
      const value = Number(digits);
      if (!Number.isFinite(value)) throw new SyntaxProblem('TG214', `${digits} is too large for a double`, start, end);
      return { kind: 'double', value, start, end };
    }
    return { kind: unsigned ? 'uint' : 'int', value: BigInt(digits.replace(/[uU]$/, '')), start, end };
  }

  #refuseSuffix(start: number): void {
    const suffix = this.#match(NAME);
    if (suffix === null) return;
    const text = this.text.slice(start, this.#at);
    const isDuration = /^(?:\d+(?:\.\d+)?(?:ms|us|ns|[smhd]))+$/.test(text);
    const hint = isDuration ? `A duration is written duration("${text}").` : undefined;
    throw new SyntaxProblem('TG200', `"${text}" is not a number`, start, this.#at, hint);
  }

  #string(start: number, prefix: string, quote: string): Token {
    const raw = /r/i.test(prefix);
    const bytes = /b/i.test(prefix);
    if (/^(?:rr|bb)$/i.test(prefix))
      throw new SyntaxProblem('TG200', `"${prefix}" is no prefix of a string`, start, this.#at);
    const from = this.#at;
    const to = this.#closing(start, quote, raw);
    const content = this.text.slice(from, to);
    this.#at = to + quote.length;
    const end = this.#at;
    if (bytes)
      return {
        kind: 'bytes',
        value: raw ? new TextEncoder().encode(content) : unescapeBytes(content, from),
        start,
        end,
      };
    return { kind: 'string', value: raw ? content : unescapeText(content, from), start, end };
  }

  /** Where the closing quote begins. */
  #closing(start: number, quote: string, raw: boolean): number {
    const { text } = this;
    for (let at = this.#at; at < text.length; at++) {
      if (text.startsWith(quote, at)) return at;
      if (text[at] === '\\' && !raw) at++;
      else if (quote.length === 1 && (text[at] === '\n' || text[at] === '\r')) break;
    }
    throw new SyntaxProblem(
      'TG200',
      'the text has no closing quote',
      start,
      start + quote.length,
      'Text over several lines stands in """triple quotes""".',
    );
  }
}
