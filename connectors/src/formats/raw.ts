/** The format `raw`: each line as it is, in the field `line`. */
import { BadRecordError, declareFormat, fields, type Format, type Framer } from '../api/index.js';
import { isPlainRecord } from './json-record.js';
import { LineFramer } from './line-framer.js';

class RawFormat implements Format {
  readonly textual = false;
  readonly seekable = true;
  readonly mediaTypes = ['text/plain'] as const;

  constructor(readonly maxRecordBytes: number) {}

  createFramer(offset: number): Framer {
    return new LineFramer(offset, { maxRecordBytes: this.maxRecordBytes, detached: true });
  }

  decode(payload: unknown): unknown {
    if (typeof payload === 'string') return { line: payload };
    if (isPlainRecord(payload)) return payload;
    throw new BadRecordError('not a line of text');
  }
}

export const raw = declareFormat({
  name: 'raw',
  description: 'Lines of text as they are: a record has one field, line.',
  options: fields({}),
  example: 'format: raw',
  createFormat: (_options, { maxRecordBytes }) => new RawFormat(maxRecordBytes),
});
