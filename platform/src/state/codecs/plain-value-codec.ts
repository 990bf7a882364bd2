/** Any plain value as state, in the self-describing form of `record/codec/plain-value-writer.ts`. */
import { readPlainValue } from '../../record/codec/plain-value-reader.js';
import { writePlainValue } from '../../record/codec/plain-value-writer.js';
import { IncompatibleState, type StateCodec } from '../state-codec.js';
import { plainValueBytes } from './plain-value-size.js';

const ID = 'plain/1';

/** Any plain value. The type is what the caller says that its values are: the codec writes none of it. */
export function plainValueCodec<T>(): StateCodec<T> {
  return {
    id: ID,
    schema: null,
    encode: writePlainValue,
    decode: (bytes) => readPlainValue(bytes) as T,
    migrate: (id) =>
      id === ID
        ? (bytes) => readPlainValue(bytes) as T
        : new IncompatibleState(`values were written as ${id} and are read as ${ID}`),
    sizeOf: plainValueBytes,
  };
}
