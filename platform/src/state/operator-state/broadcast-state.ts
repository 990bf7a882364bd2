/**
 * A map that is the same in every subtask, because all of them are given the same elements. It has no key: it may be read
 * beside any record, and is changed by broadcast elements alone.
 */
import type { ByteReader } from '../../record/codec/byte-reader.js';
import type { ByteWriter } from '../../record/codec/byte-writer.js';
import { keyBytes, keyFromBytes, type Key } from '../../record/key.js';
import type { StateCodec } from '../state-codec.js';
import { writeCodec } from './write-codec.js';

export class BroadcastState<V> {
  readonly #values = new Map<Key, V>();

  constructor(private readonly codec: StateCodec<V>) {}

  get(key: Key): V | undefined {
    return this.#values.get(key);
  }

  put(key: Key, value: V): void {
    this.#values.set(key, value);
  }

  delete(key: Key): void {
    this.#values.delete(key);
  }

  entries(): Iterable<readonly [key: Key, value: V]> {
    return this.#values;
  }

  /** Writes each entry and calls `entry` behind it. @internal */
  write(out: ByteWriter, entry: () => void): void {
    for (const [key, value] of this.#values) {
      writeCodec(this.codec, out);
      out.bytes(keyBytes(key));
      this.codec.encode(value, out);
      entry();
    }
  }

  /** Takes in what `write` wrote. Every old subtask wrote the same, so an entry that is there already is the same. @internal */
  restore(bytes: ByteReader, read: (bytes: ByteReader) => V | undefined): void {
    const key = keyFromBytes(bytes.bytes());
    const value = read(bytes);
    if (value !== undefined) this.#values.set(key, value);
  }
}
