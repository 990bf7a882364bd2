/**
 * The canonical bytes under which an entry of a state stands: its key; in maps and timers the key behind its length, then
 * the map's key. Both backends and all snapshots use them, so that order and identity are the same everywhere.
 */
import { murmur3 } from '../common/murmur3.js';
import { ByteReader } from '../record/codec/byte-reader.js';
import { keyBytes, keyFromBytes, type Key } from '../record/key.js';
import type { StateDescription } from '../job/state-handle.js';

export type StateKind = StateDescription['kind'];

/** Whether entries of this kind have a key within their key. */
export function isNested(kind: StateKind): boolean {
  return kind === 'map' || kind === 'timers';
}

export function readMapAddress(address: Uint8Array): readonly [key: Key, mapKey: Key] {
  const reader = new ByteReader(address);
  const key = keyFromBytes(reader.bytes());
  return [key, keyFromBytes(reader.raw(reader.remaining))];
}

/** Of keys in any order those that come first behind one, in the order of their canonical bytes. */
export function firstBehind(keys: readonly Key[], after: Key | undefined, limit: number): readonly Key[] {
  const start = after === undefined ? undefined : keyBytes(after);
  return keys
    .map((key) => ({ key, bytes: keyBytes(key) }))
    .filter(({ bytes }) => start === undefined || Buffer.compare(bytes, start) > 0)
    .sort((left, right) => Buffer.compare(left.bytes, right.bytes))
    .slice(0, limit)
    .map(({ key }) => key);
}

/** The key group to which an entry belongs, from its address alone. */
export function keyGroupOfAddress(kind: StateKind, address: Uint8Array, maxParallelism: number): number {
  return murmur3(isNested(kind) ? new ByteReader(address).bytes() : address) % maxParallelism;
}
