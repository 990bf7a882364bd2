/**
 * Values to CSV records after RFC 4180. Text is quoted where it holds a delimiter, a quote or a line end, so that no value
 * can begin a record or a field of its own. Absent and null are empty; lists and maps are JSON text.
 */
import type { Encoder } from '../api/index.js';
import { encodeJson } from './json-encoding.js';

export interface CsvEncoderOptions {
  readonly delimiter: string;
  readonly quote: string;
  readonly header: boolean;
  readonly columns: readonly string[];
  readonly escapeFormulas: boolean;
}

/** What spreadsheets take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;

export class CsvEncoder implements Encoder {
  readonly header?: string;
  readonly #options: CsvEncoderOptions;

  constructor(options: CsvEncoderOptions) {
    this.#options = options;
    if (options.header) this.header = options.columns.map((column) => this.#text(column)).join(options.delimiter);
  }

  encode(value: unknown): string {
    const { columns, delimiter } = this.#options;
    const record = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
    const line = columns
      .map((column) => this.#field(Object.hasOwn(record, column) ? record[column] : undefined))
      .join(delimiter);
    // A record of one empty field would be a blank line, which readers skip.
    return line === '' ? this.#options.quote.repeat(2) : line;
  }

  #field(value: unknown): string {
    if (value === null || value === undefined) return '';
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'object')
      return this.#text(value instanceof Uint8Array ? Buffer.from(value).toString('base64') : encodeJson(value));
    return String(value);
  }

  #text(text: string): string {
    const { delimiter, quote, escapeFormulas } = this.#options;
    const safe = escapeFormulas && FORMULA.test(text) ? `'${text}` : text;
    if (!safe.includes(delimiter) && !safe.includes(quote) && !/[\r\n]/.test(safe)) return safe;
    return quote + safe.replaceAll(quote, quote + quote) + quote;
  }
}
