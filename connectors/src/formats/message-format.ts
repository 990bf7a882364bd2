/** What formats have in common whose records are whole messages, in bytes: those of a broker. */
import { BadRecordError, ConnectorError, type Format, type Framer } from '../api/index.js';
import { isPlainRecord } from './json-record.js';

export class MessageFormat implements Format {
  readonly textual = false;
  readonly seekable = true;
  readonly binary = true;
  readonly mediaTypes: readonly [string];

  /**
   * @param name of the format
   * @param read the value of a message; throws BadRecordError
   */
  constructor(
    private readonly name: string,
    mediaType: string,
    private readonly read: (payload: Buffer) => unknown,
  ) {
    this.mediaTypes = [mediaType];
  }

  /** Bytes of a file or of a stream say nothing of where a message ends. */
  createFramer(): Framer {
    throw new ConnectorError(
      'invalid-option',
      `the format ${this.name} reads whole messages: use it with an ingress that has them, such as kafka`,
    );
  }

  decode(payload: unknown): unknown {
    if (Buffer.isBuffer(payload)) return this.read(payload);
    if (isPlainRecord(payload)) return payload;
    throw new BadRecordError('not the bytes of a message');
  }
}
