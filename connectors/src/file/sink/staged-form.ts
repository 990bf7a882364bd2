/**
 * How a staged epoch looks in a checkpoint: length of the description (4 bytes, big endian) | description as JSON | the
 * records themselves, where they are few.
 *
 * Invariant: the description says its form and its version; what a later version wrote is refused, not misread.
 */
import { ConnectorError } from '../../api/index.js';
import type { ByteRange } from './byte-range.js';

/** Records for one file. */
export interface StagedRange extends ByteRange {
  readonly form: 'range';
  readonly version: 1;
  /** The egress's path, as written. */
  readonly path: string;
  /** What stands directly before it: the epoch before, or the header. */
  readonly before: ByteRange;
  /** Name of the file that holds the records, in the egress's state folder; undefined where they follow inline. */
  readonly side?: string;
}

/** A part of a folder; without `part` the epoch has no records. */
export interface StagedPart {
  readonly form: 'part';
  readonly version: 1;
  readonly path: string;
  readonly part?: { readonly name: string; readonly bytes: number };
}

type Staged = StagedRange | StagedPart;
const LENGTH_BYTES = 4;

export function encodeStaged(description: Staged, records: readonly Uint8Array[] = []): Uint8Array {
  const text = Buffer.from(JSON.stringify(description));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text, ...records]);
}

/**
 * Throws a ConnectorError, `invalid-option` where the epoch was staged for another path.
 * @param egress for messages
 */
export function decodeStaged<F extends Staged['form']>(
  egress: string,
  path: string,
  form: F,
  staged: Uint8Array,
): { readonly description: Staged & { readonly form: F }; readonly records: Uint8Array } {
  const bytes = Buffer.from(staged.buffer, staged.byteOffset, staged.byteLength);
  const end = LENGTH_BYTES + (bytes.length < LENGTH_BYTES ? Infinity : bytes.readUInt32BE(0));
  if (end > bytes.length) throw new ConnectorError('corrupt', `egress ${egress}: a staged epoch is cut short`);
  const description = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, end)) as Staged;
  if (description.version !== 1) {
    throw new ConnectorError('corrupt', `egress ${egress}: the checkpoint is of a later version of tidegate`);
  }
  if (description.path !== path || description.form !== form) {
    throw new ConnectorError(
      'invalid-option',
      `egress ${egress}: the checkpoint holds records for ${description.path}, but the egress writes ${path}; change it back, or start with --fresh`,
    );
  }
  return { description: description as Staged & { readonly form: F }, records: bytes.subarray(end) };
}
