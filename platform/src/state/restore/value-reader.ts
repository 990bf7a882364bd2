/** How the values of a snapshot are read by today's codec. */
import { TidegateError } from '../../common/errors.js';
import type { StateDescription } from '../../job/state-handle.js';
import type { ByteReader } from '../../record/codec/byte-reader.js';
import { IncompatibleState, type StateCodec } from '../state-codec.js';

/**
 * @returns reads one value; undefined where nothing of it can be kept
 * @throws TidegateError TG420 when the codec cannot read what was written
 */
export function valueReader<T>(
  { owner, name, codec: id, schema }: StateDescription,
  codec: StateCodec<T>,
): (bytes: ByteReader) => T | undefined {
  const read = codec.migrate(id, schema);
  if (!(read instanceof IncompatibleState)) return read;
  throw new TidegateError(
    'TG420',
    `the state ${name} of ${owner} cannot be read: ${read.reason}. Give the state another name, or go back to the form that wrote it.`,
  );
}
