/** The format `csv`: records of text by column name, whose types the ingress's schema gives. */
import { BadRecordError, ConnectorError, declareFormat, fields, type Format, type Framer } from '../api/index.js';
import { CsvEncoder } from './csv-encoding.js';
import { CsvFramer, type CsvFramerOptions } from './csv-framer.js';
import { isPlainRecord } from './json-record.js';

const options = fields({
  delimiter: {
    type: 'string',
    default: ',',
    description: 'What stands between two fields; "\\t" in double quotes for a tab.',
    example: ';',
  },
  quote: {
    type: 'string',
    default: '"',
    pattern: '.',
    description: 'The character around fields that hold a delimiter, a line end or, written twice, this character.',
  },
  header: {
    type: 'boolean',
    default: true,
    description: 'Whether the first record holds the names of the columns. Written out, a file then begins with it.',
  },
  columns: {
    type: 'list',
    of: { type: 'string', description: 'A column.' },
    description:
      'Names of the columns, in order. Needed to read files without a header and to write; with a header they replace its names.',
    example: ['time', 'city', 'amount'],
  },
  escapeFormulas: {
    type: 'boolean',
    default: true,
    description:
      "Written out, text that begins with =, +, -, @ or a tab gets a ' before it, so that a spreadsheet does not run it as a formula.",
  },
});

class CsvFormat implements Format {
  readonly textual = true;
  readonly seekable = false;
  readonly mediaTypes = ['text/csv'] as const;

  constructor(readonly options: CsvFramerOptions) {}

  createFramer(offset: number): Framer {
    return new CsvFramer(offset, this.options);
  }

  /** The framer gives rows that are taken apart already; text is one that was not framed here. */
  decode(payload: unknown): unknown {
    if (!isPlainRecord(payload)) throw new BadRecordError('not a CSV record');
    return payload;
  }
}

export const csv = declareFormat({
  name: 'csv',
  description:
    'Comma-separated values with a header. Fields are text until the schema types them; a record with another number of fields than there are columns is bad.',
  options,
  example: 'format: { csv: { delimiter: ";" } }',
  createFormat({ delimiter, quote, header, columns }, { maxRecordBytes }) {
    assertDelimiter(delimiter, quote);
    if (!header && columns === undefined) {
      throw new ConnectorError(
        'invalid-option',
        'csv: without a header the columns need names; write columns: [time, city]',
      );
    }
    return new CsvFormat({ delimiter, quote, header, columns, maxRecordBytes });
  },
  createEncoder({ delimiter, quote, header, columns, escapeFormulas }) {
    assertDelimiter(delimiter, quote);
    if (columns === undefined) {
      throw new ConnectorError(
        'invalid-option',
        'csv: an egress needs to know its columns; write columns: [rule, key]',
      );
    }
    return new CsvEncoder({ delimiter, quote, header, columns, escapeFormulas });
  },
});

function assertDelimiter(delimiter: string, quote: string): void {
  if (delimiter === '' || /[\r\n]/.test(delimiter) || delimiter.includes(quote)) {
    throw new ConnectorError(
      'invalid-option',
      'csv: the delimiter must be text without a line end and without the quote',
    );
  }
}
