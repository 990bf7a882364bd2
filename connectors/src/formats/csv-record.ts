/**
 * Puts one CSV record together from lines, after RFC 4180: fields between delimiters, quoted where they hold a delimiter,
 * a quote (written twice) or a line end. Outside a quoted field a quote is a plain character, as in Excel.
 *
 * Invariants
 * - Each character is looked at once, however many lines a quoted field spans.
 * - Written here and not taken from a library because a record must be given up in the middle (too long, never closed)
 *   and reading go on at the next line, in bounded memory.
 */
import { BadRecordError } from '../api/index.js';

export class CsvRecord {
  #fields: string[] = [];
  /** Text so far of the quoted field that is not closed yet; undefined outside of one. */
  #open: string | undefined;

  constructor(
    readonly delimiter: string,
    readonly quote: string,
  ) {}

  /** Whether a quoted field goes on in the next line. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /**
   * Takes a line without its LF. Gives the fields when the record is complete, undefined when it goes on.
   * Throws BadRecordError for text after a closing quote; the record is then given up.
   */
  add(line: string): readonly string[] | undefined {
    if (this.#open === undefined && !line.includes(this.quote)) return withoutReturn(line).split(this.delimiter);
    let at = this.#open === undefined ? 0 : this.#quoted(line, 0);
    while (at !== -1) {
      if (at > line.length) return this.#take();
      if (line.startsWith(this.quote, at)) {
        this.#open = '';
        at = this.#quoted(line, at + 1);
      } else at = this.#unquoted(line, at);
    }
    return undefined;
  }

  /** Gives up the record in work. */
  reset(): void {
    this.#fields = [];
    this.#open = undefined;
  }

  #take(): readonly string[] {
    const fields = this.#fields;
    this.#fields = [];
    return fields;
  }

  /** Both give the start of the next field, beyond the line's end if there is none, or -1 when the line ends inside. */
  #unquoted(line: string, from: number): number {
    const end = line.indexOf(this.delimiter, from);
    this.#fields.push(end === -1 ? withoutReturn(line.slice(from)) : line.slice(from, end));
    return end === -1 ? line.length + 1 : end + this.delimiter.length;
  }

  #quoted(line: string, from: number): number {
    let start = from;
    for (;;) {
      const end = line.indexOf(this.quote, start);
      if (end === -1) {
        this.#open += `${line.slice(start)}\n`;
        return -1;
      }
      this.#open += line.slice(start, end);
      if (!line.startsWith(this.quote, end + 1)) return this.#closed(line, end + 1);
      this.#open += this.quote;
      start = end + 2;
    }
  }

  #closed(line: string, at: number): number {
    this.#fields.push(this.#open ?? '');
    this.#open = undefined;
    if (line.startsWith(this.delimiter, at)) return at + this.delimiter.length;
    if (withoutReturn(line.slice(at)) === '') return line.length + 1;
    this.reset();
    throw new BadRecordError('text after a closing quote');
  }
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
