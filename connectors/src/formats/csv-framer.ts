/**
 * Cuts a split into CSV records and names their fields. Offsets are byte positions of the records' first lines; reasons
 * name the line.
 *
 * Invariants
 * - A payload is a plain object of text by column name, in the order of the columns.
 * - A record that is bad costs itself alone: reading goes on after it; one whose quote is never closed is given up at
 *   `maxRecordBytes`, and reading goes on at the line after its first.
 * - Fed from the beginning (for the header and the line numbers); keeps back what lies before its offset.
 */
import { BadRecordError, type FrameSink, type Framer } from '../api/index.js';
import { CsvRecord } from './csv-record.js';
import { LineFramer } from './line-framer.js';
import { setOwn } from './own-property.js';

export interface CsvFramerOptions {
  readonly delimiter: string;
  readonly quote: string;
  /** Names of the columns; undefined: the first record has them. */
  readonly columns: readonly string[] | undefined;
  /** Whether the first record is a header (and passed over, when `columns` are given). */
  readonly header: boolean;
  readonly maxRecordBytes: number;
}

interface Line {
  readonly text: string;
  readonly offset: number;
  readonly number: number;
}

export class CsvFramer implements Framer, FrameSink {
  readonly #options: CsvFramerOptions;
  readonly #lines: LineFramer;
  readonly #record: CsvRecord;
  readonly #from: number;
  #columns: readonly string[] | undefined;
  #isHeaderDue: boolean;
  #lineNumber = 0;
  /** Lines of the record in work. */
  #gathered: Line[] = [];
  #gatheredCharacters = 0;
  #sink: FrameSink | undefined;

  constructor(offset: number, options: CsvFramerOptions) {
    this.#from = offset;
    this.#options = options;
    this.#columns = options.columns;
    this.#isHeaderDue = options.header;
    this.#record = new CsvRecord(options.delimiter, options.quote);
    this.#lines = new LineFramer(0, { maxRecordBytes: options.maxRecordBytes, detached: true, verbatim: true });
  }

  get position(): number {
    return Math.max(this.#from, this.#gathered[0]?.offset ?? this.#lines.position);
  }

  push(chunk: Uint8Array, sink: FrameSink): void {
    this.#sink = sink;
    this.#lines.push(chunk, this);
  }

  end(sink: FrameSink): void {
    this.#sink = sink;
    this.#lines.end(this);
    while (this.#gathered.length > 0) this.#giveUp('a quote that is never closed');
  }

  /** A line, from the line framer. */
  payload(payload: unknown, offset: number): void {
    this.#lineNumber++;
    this.#line({ text: String(payload), offset, number: this.#lineNumber });
  }

  /** A line that cannot be read takes the record it belongs to with it. */
  bad(raw: string, offset: number, reason: string): void {
    this.#lineNumber++;
    const first = this.#gathered[0] ?? { offset, number: this.#lineNumber };
    this.#reset();
    this.#refuse(raw, first.offset, `${reason}, in line ${this.#lineNumber}`);
  }

  #line(line: Line): void {
    if (!this.#record.isOpen && line.text.trim() === '') return;
    this.#gathered.push(line);
    this.#gatheredCharacters += line.text.length;
    if (this.#gatheredCharacters > this.#options.maxRecordBytes) {
      return this.#giveUp(`longer than ${this.#options.maxRecordBytes} bytes, or a quote that is never closed`);
    }
    try {
      const values = this.#record.add(line.text);
      if (values === undefined) return;
      const first = this.#gathered[0] ?? line;
      this.#reset();
      this.#complete(values, first);
    } catch (error) {
      if (!(error instanceof BadRecordError)) throw error;
      const first = this.#gathered[0] ?? line;
      this.#reset();
      this.#refuse(first.text, first.offset, `${error.reason}, in line ${line.number}`);
    }
  }

  /** The record's first line is bad; its other lines are read anew. */
  #giveUp(reason: string): void {
    const [first, ...others] = this.#gathered;
    this.#reset();
    if (first === undefined) return;
    this.#refuse(first.text, first.offset, `${reason}, in line ${first.number}`);
    for (const line of others) this.#line(line);
  }

  #complete(values: readonly string[], first: Line): void {
    if (this.#isHeaderDue) {
      this.#isHeaderDue = false;
      this.#columns ??= columnNames(values);
      return;
    }
    const columns = this.#columns ?? values.map((_, index) => `column${index + 1}`);
    if (values.length !== columns.length) {
      const reason = `${values.length} fields, but ${columns.length} columns, in line ${first.number}`;
      return this.#refuse(first.text, first.offset, reason);
    }
    if (first.offset >= this.#from) this.#sink?.payload(toRow(columns, values), first.offset);
  }

  #refuse(raw: string, offset: number, reason: string): void {
    // A header that cannot be read would make every record wrong: the next line is not taken for one.
    this.#isHeaderDue = false;
    if (offset >= this.#from) this.#sink?.bad(raw.slice(0, 1024), offset, reason);
  }

  #reset(): void {
    this.#gathered = [];
    this.#gatheredCharacters = 0;
    this.#record.reset();
  }
}

/** Names as written but for blanks around them; one that is empty or taken gets its number. */
function columnNames(header: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (const [index, cell] of header.entries()) {
    const name = cell.trim();
    if (name === '') names.push(`column${index + 1}`);
    else names.push(names.includes(name) ? `${name}_${index + 1}` : name);
  }
  return names;
}

function toRow(columns: readonly string[], values: readonly string[]): Record<string, string> {
  const row: Record<string, string> = {};
  for (let index = 0; index < columns.length; index++) {
    setOwn(row, columns[index] ?? '', values[index] ?? '');
  }
  return row;
}
