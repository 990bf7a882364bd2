/**
 * Keys of the database: key group (2 bytes) | number of the state (2 bytes) | address (see `entry-address`). One column
 * family, so that a key group is one range, and a state within it another.
 */
import { keyBytes, keyGroupOf, writeKey, type Key } from '../../record/key.js';
import { ByteWriter } from '../../record/codec/byte-writer.js';
import type { RocksRange } from './rocksdb-package.js';

export const PREFIX_BYTES = 4;

export class DatabaseKeys {
  readonly #out = new ByteWriter();

  constructor(readonly maxParallelism: number) {}

  keyGroupOf(key: Key): number {
    return keyGroupOf(key, this.maxParallelism);
  }

  /** @param mapKey undefined for states with one value a key */
  of(state: number, keyGroup: number, key: Key, mapKey: Key | undefined): Buffer {
    return Buffer.from(this.view(state, keyGroup, key, mapKey));
  }

  /** The same without a copy: good until the next call of any method. */
  view(state: number, keyGroup: number, key: Key, mapKey: Key | undefined): Uint8Array {
    const out = this.#begin(state, keyGroup);
    if (mapKey === undefined) writeKey(key, out);
    else {
      out.bytes(keyBytes(key));
      writeKey(mapKey, out);
    }
    return out.view();
  }

  /** What all entries of a key in a map begin with. */
  mapPrefix(state: number, key: Key): Buffer {
    const out = this.#begin(state, this.keyGroupOf(key));
    out.bytes(keyBytes(key));
    return Buffer.from(out.view());
  }

  #begin(state: number, keyGroup: number): ByteWriter {
    const out = this.#out;
    out.reset();
    out.uint16(keyGroup);
    out.uint16(state);
    return out;
  }
}

export function withPrefix(keyGroup: number, state: number, address: Uint8Array): Buffer {
  const key = Buffer.allocUnsafe(PREFIX_BYTES + address.length);
  key.writeUInt16BE(keyGroup, 0);
  key.writeUInt16BE(state, 2);
  key.set(address, PREFIX_BYTES);
  return key;
}

/** All entries of a state in a key group. */
export function stateRange(keyGroup: number, state: number): RocksRange {
  const gte = withPrefix(keyGroup, state, new Uint8Array(0));
  return { gte, lt: after(gte) };
}

/** All entries of the key groups from `first` up to `last`, both included. */
export function keyGroupsRange(first: number, last: number): RocksRange {
  const gte = Buffer.alloc(2);
  gte.writeUInt16BE(first);
  const lt = Buffer.alloc(2);
  lt.writeUInt16BE(last);
  return { gte, lt: after(lt) };
}

/** The key behind this one: the same with a zero. */
export function next(key: Uint8Array): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}

/** The least key that is greater than all keys with this prefix. The prefix is never all 255: key groups end at 32,767. */
export function after(prefix: Uint8Array): Buffer {
  let end = prefix.length;
  while (prefix[end - 1] === 255) end--;
  const next = Buffer.from(prefix.subarray(0, end));
  next[end - 1]! += 1;
  return next;
}
