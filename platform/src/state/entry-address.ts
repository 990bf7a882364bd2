/**
 * The canonical bytes under which an entry of a state stands: its key; in maps and timers the key behind its length, then
 * the map's key. Both backends and all snapshots use them, so that order and identity are the same everywhere.
 */
import { murmur3 } from '../common/murmur3.js';
import { ByteReader } from '../record/codec/byte-reader.js';
import type { ByteWriter } from '../record/codec/byte-writer.js';
import { keyBytes, keyFromBytes, type Key } from '../record/key.js';
import type { StateDescription } from '../job/state-handle.js';

export type StateKind = StateDescription['kind'];

/** Whether entries of this kind have a key within their key. */
export function isNested(kind: StateKind): boolean {
  return kind === 'map' || kind === 'timers';
}

/** What all entries of a key in a map begin with. */
export function writeMapPrefix(key: Key, out: ByteWriter): void {
  out.bytes(keyBytes(key));
}

export function readMapAddress(address: Uint8Array): readonly [key: Key, mapKey: Key] {
  const reader = new ByteReader(address);
  const key = keyFromBytes(reader.bytes());
  return [key, keyFromBytes(reader.raw(reader.remaining))];
}

/** The key group to which an entry belongs, from its address alone. */
export function keyGroupOfAddress(kind: StateKind, address: Uint8Array, maxParallelism: number): number {
  return murmur3(isNested(kind) ? new ByteReader(address).bytes() : address) % maxParallelism;
}
