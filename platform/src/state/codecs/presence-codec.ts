/** A value that says nothing but that it is there: entries of a set, as timers are. No bytes. */
import { IncompatibleState, type StateCodec } from '../state-codec.js';

const ID = 'presence/1';

export const PRESENCE_CODEC: StateCodec<true> = {
  id: ID,
  schema: null,
  encode: () => undefined,
  decode: () => true,
  migrate: (id) => (id === ID ? () => true : new IncompatibleState(`${id} is not ${ID}`)),
  sizeOf: () => 0,
};
