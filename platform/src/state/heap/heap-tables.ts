/** The tables of a heap store, filled with what was restored when they are opened. */
import { ByteReader } from '../../record/codec/byte-reader.js';
import { keyFromBytes } from '../../record/key.js';
import { readMapAddress } from '../entry-address.js';
import type { RestoredState } from '../restore/restored-state.js';
import { valueReader } from '../restore/value-reader.js';
import type { StateCodec } from '../state-codec.js';
import { describe, type StateTables, type TableAddress } from '../state-tables.js';
import type { Capturable } from './captures.js';
import { HeapMapTable } from './heap-map-table.js';
import { HeapValueTable } from './heap-value-table.js';

export class HeapTables implements StateTables {
  readonly all: Capturable[] = [];

  constructor(private readonly restored: RestoredState | undefined) {}

  value<T>(address: TableAddress, codec: StateCodec<T>): HeapValueTable<T> {
    const table = new HeapValueTable(describe(address, codec), codec);
    this.#fill(address, codec, (at, value) => table.put(keyFromBytes(at), value));
    this.all.push(table);
    return table;
  }

  map<V>(address: TableAddress, codec: StateCodec<V>): HeapMapTable<V> {
    const table = new HeapMapTable(describe(address, codec), codec);
    this.#fill(address, codec, (at, value) => table.put(...readMapAddress(at), value));
    this.all.push(table);
    return table;
  }

  #fill<T>(address: TableAddress, codec: StateCodec<T>, put: (at: Uint8Array, value: T) => void): void {
    for (const { description, entries } of this.restored?.claim(address) ?? []) {
      const read = valueReader(description, codec);
      for (let i = 0; i < entries.length; i += 2) {
        const value = read(new ByteReader(entries[i + 1]!));
        if (value !== undefined) put(entries[i]!, value);
      }
    }
  }
}
