/** The beginning of each entry of operator state: who wrote it, so that it is read alone. */
import type { ByteWriter } from '../../record/codec/byte-writer.js';
import type { StateCodec } from '../state-codec.js';

export function writeCodec({ id, schema }: Pick<StateCodec<unknown>, 'id' | 'schema'>, out: ByteWriter): void {
  out.string(id);
  out.string(JSON.stringify(schema));
}
