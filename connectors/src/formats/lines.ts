/** The format `lines`: text lines taken apart by a regular expression, such as the logs of servers. */
import { RE2JS } from 're2js';
import { BadRecordError, ConnectorError, declareFormat, fields, type Format, type Framer } from '../api/index.js';
import { isPlainRecord } from './json-record.js';
import { LineFramer } from './line-framer.js';

const options = fields({
  pattern: {
    type: 'string',
    required: true,
    description:
      'A regular expression (RE2 syntax, linear time) whose named groups become the fields. It may match anywhere in the line unless it has ^ and $; a group that takes no part is absent; a line that does not match is a bad record.',
    example: '^(?<host>\\S+) \\S+ \\S+ \\[(?<time>[^\\]]+)\\] "(?<request>[^"]*)" (?<status>\\d+)',
  },
});

class LinesFormat implements Format {
  readonly textual = true;
  readonly seekable = true;
  readonly mediaTypes = ['text/plain'] as const;
  readonly #groups: readonly [string, number][];

  constructor(
    readonly pattern: RE2JS,
    readonly maxRecordBytes: number,
  ) {
    this.#groups = Object.entries(pattern.namedGroups());
  }

  createFramer(offset: number): Framer {
    return new LineFramer(offset, { maxRecordBytes: this.maxRecordBytes, detached: true });
  }

  decode(payload: unknown): unknown {
    if (typeof payload !== 'string') {
      if (isPlainRecord(payload)) return payload;
      throw new BadRecordError('not a line of text');
    }
    const match = this.pattern.matcher(payload);
    if (!match.find()) throw new BadRecordError('the line does not match the pattern');
    const entries: [string, string][] = [];
    for (const [name, index] of this.#groups) {
      const text: string | null = match.group(index);
      if (text !== null) entries.push([name, text]);
    }
    return Object.fromEntries(entries);
  }
}

export const lines = declareFormat({
  name: 'lines',
  description:
    'Lines of text; the named groups of a regular expression are the fields, as text until the schema types them.',
  options,
  example: `format: { lines: { pattern: '^(?<time>\\S+) (?<level>[A-Z]+) (?<text>.*)$' } }`,
  createFormat({ pattern }, { maxRecordBytes }) {
    return new LinesFormat(compile(pattern), maxRecordBytes);
  },
});

function compile(pattern: string): RE2JS {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConnectorError('invalid-option', `lines: the pattern is no RE2 expression: ${reason}`, { cause: error });
  }
  if (Object.keys(compiled.namedGroups()).length === 0) {
    throw new ConnectorError(
      'invalid-option',
      'lines: the pattern names no group; write (?<name>...) around each field',
    );
  }
  return compiled;
}
