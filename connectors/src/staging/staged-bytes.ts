/**
 * How a staged epoch looks in a checkpoint: length of the description (4 bytes, big endian) | description as JSON | the
 * records themselves, where they are few.
 *
 * Invariant: the description says its form and its version; what a later version wrote is refused, not misread.
 */
import { ConnectorError } from '../api/index.js';

export interface Description {
  readonly form: string;
  readonly version: number;
}

const LENGTH_BYTES = 4;

export function encodeStaged<D extends Description>(description: D, records: readonly Uint8Array[] = []): Uint8Array {
  const text = Buffer.from(JSON.stringify(description));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text, ...records]);
}

/**
 * Throws a ConnectorError where the bytes are cut short, or of a later version than 1.
 * @param egress for messages
 */
export function splitStaged(
  egress: string,
  staged: Uint8Array,
): { readonly description: Description; readonly records: Uint8Array } {
  const bytes = Buffer.from(staged.buffer, staged.byteOffset, staged.byteLength);
  const end = LENGTH_BYTES + (bytes.length < LENGTH_BYTES ? Infinity : bytes.readUInt32BE(0));
  if (end > bytes.length) throw new ConnectorError('corrupt', `egress ${egress}: a staged epoch is cut short`);
  const description = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, end)) as Description;
  if (description.version !== 1) {
    throw new ConnectorError('corrupt', `egress ${egress}: the checkpoint is of a later version of tidegate`);
  }
  return { description, records: bytes.subarray(end) };
}
