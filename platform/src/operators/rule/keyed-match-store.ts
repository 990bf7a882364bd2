/** The pattern engine's state of each key, kept in the operator's keyed state: what the backend does with it is its own. */
import type { DueKey, KeyState, MatchStore } from '@tidegate/cep';
import type { Key } from '../../record/key.js';
import type { StreamRecord } from '../../record/stream-record.js';
import type { KeyedStore, ValueState } from '../../state/keyed-store.js';
import { readDue } from './plain-state-codec.js';
import type { PatternStateCodec } from './pattern-state-codec.js';

export class KeyedMatchStore implements MatchStore<Key, StreamRecord> {
  readonly #states: ValueState<KeyState<StreamRecord>>;
  readonly #codec: PatternStateCodec;
  readonly prefetch?: (keys: readonly (Key | undefined)[], count: number) => void;

  /** @param owner the node whose rules share the state; a rule's part of it is addressed by its name */
  constructor(store: KeyedStore, owner: string, codec: PatternStateCodec) {
    this.#states = store.value({ owner, name: 'matches', codec });
    this.#codec = codec;
    if (this.#states.isOnDisk) this.prefetch = (keys, count) => this.#states.prefetch(keys, count);
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

  get isEmpty(): boolean {
    return this.#states.isEmpty;
  }

  /** Looks at all states, and decodes none: for a restore. */
  *dues(): Generator<DueKey<Key>> {
    const glance = { ofValue: (state: KeyState<StreamRecord>) => this.#codec.dueOf(state), ofBytes: readDue };
    for (const [key, due] of this.#states.scan(glance)) yield { key, due };
  }
}
