/** The pattern engine's state of each key, kept in the operator's keyed state: what the backend does with it is its own. */
import type { KeyState, MatchStore } from '@tidegate/cep';
import type { Key } from '../../record/key.js';
import type { StreamRecord } from '../../record/stream-record.js';
import type { KeyedStore, ValueState } from '../../state/keyed-store.js';
import type { StateCodec } from '../../state/state-codec.js';

export class KeyedMatchStore implements MatchStore<Key, StreamRecord> {
  readonly #states: ValueState<KeyState<StreamRecord>>;

  /** @param owner the node whose rules share the state; a rule's part of it is addressed by its name */
  constructor(store: KeyedStore, owner: string, codec: StateCodec<KeyState<StreamRecord>>) {
    this.#states = store.value({ owner, name: 'matches', codec });
  }

  get(key: Key): KeyState<StreamRecord> | undefined {
    return this.#states.get(key);
  }

  put(key: Key, state: KeyState<StreamRecord>): void {
    this.#states.put(key, state);
  }

  changed(key: Key, state: KeyState<StreamRecord>): void {
    this.#states.put(key, state);
  }

  delete(key: Key): void {
    this.#states.delete(key);
  }

  /** The engine asks only whether there is any; a backend on disk does not know how many. */
  get size(): number {
    return this.#states.isEmpty ? 0 : 1;
  }
}
