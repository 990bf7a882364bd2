/**
 * Reads one scalar of a JSON text, where that needs no more than a look at each character; `JSON.parse` has the rest.
 *
 * Invariants
 * - Gives what `JSON.parse` gives, or nothing: no escapes, no exponents, no number of more than 15 digits. Of so few
 *   digits the mantissa and the power of ten are exact doubles, so that one division rounds as a decimal conversion does.
 * - A text longer than a few characters is a copy: a substring would keep the whole chunk it was cut from in memory, as
 *   long as any event of it is kept.
 */
export type JsonScalar = string | number | boolean | null;

const QUOTE = 34;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const BACKSLASH = 92;
const FIRST_PRINTABLE = 32;
const EXACT_DIGITS = 15;
/** V8 copies a substring that is shorter than this by itself. */
const COPIED_LENGTH = 13;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

export class JsonScalarReader {
  /** Where the scalar that was read ends. */
  end = 0;

  /** The scalar that begins at `start`; undefined where there is none, or none of the simple kind. */
  read(text: string, start: number): JsonScalar | undefined {
    const first = text.charCodeAt(start);
    if (first === QUOTE) return this.#text(text, start + 1);
    if (first === MINUS) {
      const number = this.#number(text, start + 1);
      return number === undefined ? undefined : -number;
    }
    if (first >= ZERO && first <= NINE) return this.#number(text, start);
    return this.#word(text, start, 'true', true) ?? this.#word(text, start, 'false', false) ?? this.#null(text, start);
  }

  #text(text: string, start: number): string | undefined {
    let end = start;
    for (let code = text.charCodeAt(end); code !== QUOTE; code = text.charCodeAt(++end)) {
      // Turned round, as the comparison is false for NaN too, which stands beyond the end.
      if (!(code >= FIRST_PRINTABLE) || code === BACKSLASH) return undefined;
    }
    this.end = end + 1;
    const part = text.slice(start, end);
    // Joined to something and cut again it lies in memory of its own.
    return end - start < COPIED_LENGTH ? part : `"${part}`.slice(1);
  }

  #number(text: string, start: number): number | undefined {
    let at = start;
    let code = text.charCodeAt(at);
    let mantissa = 0;
    for (; code >= ZERO && code <= NINE; code = text.charCodeAt(++at)) mantissa = mantissa * 10 + (code - ZERO);
    let digits = at - start;
    // 01 is no number.
    if (digits === 0 || (digits > 1 && text.charCodeAt(start) === ZERO)) return undefined;
    let decimals = 0;
    if (code === POINT) {
      const point = at;
      code = text.charCodeAt(++at);
      for (; code >= ZERO && code <= NINE; code = text.charCodeAt(++at)) mantissa = mantissa * 10 + (code - ZERO);
      decimals = at - point - 1;
      if (decimals === 0) return undefined;
      digits += decimals;
    }
    if (digits > EXACT_DIGITS) return undefined;
    this.end = at;
    return decimals === 0 ? mantissa : mantissa / (POWERS_OF_TEN[decimals] ?? 1);
  }

  #word<T extends boolean>(text: string, start: number, word: string, value: T): T | undefined {
    if (!text.startsWith(word, start)) return undefined;
    this.end = start + word.length;
    return value;
  }

  #null(text: string, start: number): null | undefined {
    if (!text.startsWith('null', start)) return undefined;
    this.end = start + 4;
    return null;
  }
}
