/**
 * The format `json`: JSON Lines, or with `records` the elements of a JSON document. Exactness: see json-text.ts.
 */
import { BadRecordError, declareFormat, fields, type Format, type Framer } from '../api/index.js';
import { JsonDocumentFramer } from './json-document-framer.js';
import { encodeJson } from './json-encoding.js';
import { JsonReader } from './json-reader.js';
import { isPlainRecord, NOT_AN_OBJECT } from './json-record.js';
import { LineFramer } from './line-framer.js';
import { MessageFormat } from './message-format.js';
import { parseRecordPath, type RecordPath } from './record-path.js';
import { unframed } from './registry/confluent-wire.js';

const options = fields({
  records: {
    type: 'string',
    description:
      'Reads each file as one JSON document and takes the records at this path, such as features[*]. Without it every line is a record (JSON Lines).',
    example: 'features[*]',
  },
  maxDocument: {
    type: 'size',
    default: '256MiB',
    description: 'With records: a document larger than this is refused, as it is held in memory as a whole.',
  },
  wireFormat: {
    type: 'string',
    enum: ['plain', 'confluent'],
    description:
      "With confluent each message of a broker begins with five bytes that name its schema in Confluent's schema registry; they are passed over.",
  },
});

class JsonFormat implements Format {
  readonly textual = false;
  readonly seekable: boolean;
  readonly mediaTypes = ['application/x-ndjson', 'application/jsonl', 'application/json'] as const;
  readonly #reader = new JsonReader();

  constructor(
    readonly path: RecordPath | undefined,
    readonly maxDocumentBytes: number,
    readonly maxRecordBytes: number,
  ) {
    this.seekable = path === undefined;
  }

  createFramer(offset: number, mediaType?: string): Framer {
    // A JSON body without a path is one record or a list of them.
    const path = this.path ?? (mediaType === 'application/json' ? [] : undefined);
    if (path === undefined) return new LineFramer(offset, { maxRecordBytes: this.maxRecordBytes, detached: false });
    return new JsonDocumentFramer(offset, path, this.maxDocumentBytes);
  }

  decode(payload: unknown): unknown {
    return recordOf(typeof payload === 'string' ? this.#reader.read(payload) : payload);
  }
}

/** JSON behind the id of a schema, which is passed over. */
function framedJson(): MessageFormat {
  const reader = new JsonReader();
  return new MessageFormat('json with wireFormat: confluent', 'application/octet-stream', (payload) =>
    recordOf(reader.read(unframed(payload).body.toString())),
  );
}

/** @throws BadRecordError */
function recordOf(value: unknown): unknown {
  if (!isPlainRecord(value)) throw new BadRecordError(NOT_AN_OBJECT);
  return value;
}

export const json = declareFormat({
  name: 'json',
  description:
    'JSON Lines, or the records of a JSON document. Integers are exact to any size; a line that is no JSON object is a bad record. Written out, it is JSON Lines.',
  options,
  example: 'format: { json: { records: "features[*]" } }',
  createFormat({ records, maxDocument, wireFormat }, { maxRecordBytes }) {
    if (wireFormat === 'confluent') return framedJson();
    return new JsonFormat(records === undefined ? undefined : parseRecordPath(records), maxDocument, maxRecordBytes);
  },
  check: ({ wireFormat }, use) =>
    use === 'write' && wireFormat === 'confluent'
      ? { option: 'wireFormat', reason: 'wireFormat is for an ingress: JSON is written as it is' }
      : undefined,
  createEncoder() {
    return { encode: encodeJson };
  },
});
