/** The format `bytes`: each message of a broker as it is, in the field `value`; what is written is the field `value` as it is. */
import { declareFormat, fields, type Encoder } from '../api/index.js';
import { encodeJson } from './json-encoding.js';
import { isPlainRecord } from './json-record.js';
import { MessageFormat } from './message-format.js';

class BytesEncoder implements Encoder {
  readonly takesBytes = true;

  /** Bytes and text as they are; of anything else its JSON. */
  encode(record: unknown): string | Uint8Array {
    const value = isPlainRecord(record) ? record['value'] : undefined;
    if (value instanceof Uint8Array || typeof value === 'string') return value;
    return encodeJson(value ?? record);
  }
}

export const bytes = declareFormat({
  name: 'bytes',
  description:
    'Messages as they are: a record has one field, value, the bytes of the message. Written is the field value, bytes or text, as it is.',
  options: fields({}),
  example: 'format: bytes',
  createFormat: () => new MessageFormat('bytes', 'application/octet-stream', (payload) => ({ value: payload })),
  createEncoder: () => new BytesEncoder(),
});
