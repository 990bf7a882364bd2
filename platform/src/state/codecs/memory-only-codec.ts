/** For state that no snapshot can hold: it serves on the heap of a run without checkpoints. */
import { IncompatibleState, type StateCodec } from '../state-codec.js';

export function memoryOnlyCodec<T>(what: string): StateCodec<T> {
  const refuse = (): never => {
    throw new TypeError(`${what} cannot be written`);
  };
  return {
    id: 'memory/1',
    schema: null,
    encode: refuse,
    decode: refuse,
    migrate: (id) => new IncompatibleState(`${what} cannot be read from ${id}`),
    sizeOf: () => 0,
  };
}
