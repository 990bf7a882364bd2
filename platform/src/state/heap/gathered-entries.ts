/**
 * Entries of a snapshot as they are taken, in the order of a Map, until they are sorted by key group and given out in
 * canonical order. They are held as bytes, so that the live values may change.
 *
 * Invariants
 * - What cannot be written is remembered as the snapshot's failure and never thrown at who touched the entry.
 */
import { murmur3 } from '../../common/murmur3.js';
import { ByteWriter } from '../../record/codec/byte-writer.js';
import { keyBytes, type Key } from '../../record/key.js';
import type { CanonicalEntry } from '../canonical/canonical-format.js';
import type { StateCodec } from '../state-codec.js';
import { RUN, sortedInSlices } from './sorted-in-slices.js';

const STATE_BYTES = 2;

/** One key group's entries, one behind the other: state (2 bytes), address, value. */
interface GatheredGroup {
  readonly bytes: ByteWriter;
  readonly starts: number[];
  readonly addressEnds: number[];
}

export class GatheredEntries {
  readonly #groups = new Map<number, GatheredGroup>();
  #failure: unknown;
  #count = 0;

  constructor(private readonly maxParallelism: number) {}

  get count(): number {
    return this.#count;
  }

  /** @param mapKey undefined for states with one value a key */
  add<T>(state: number, key: Key, mapKey: Key | undefined, value: T, codec: StateCodec<T>): void {
    try {
      const ofKey = keyBytes(key);
      const { bytes, starts, addressEnds } = this.#group(murmur3(ofKey) % this.maxParallelism);
      starts.push(bytes.length);
      bytes.uint16(state);
      if (mapKey === undefined) bytes.raw(ofKey);
      else {
        bytes.bytes(ofKey);
        bytes.raw(keyBytes(mapKey));
      }
      addressEnds.push(bytes.length);
      codec.encode(value, bytes);
      this.#count++;
    } catch (error) {
      this.#failure ??= error;
    }
  }

  #group(keyGroup: number): GatheredGroup {
    let group = this.#groups.get(keyGroup);
    if (group === undefined)
      this.#groups.set(keyGroup, (group = { bytes: new ByteWriter(), starts: [], addressEnds: [] }));
    return group;
  }

  /** @throws what an entry could not be written for */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** All entries in canonical order; undefined between pieces of bounded work. Each group is let go behind its last entry. */
  *inOrder(): Generator<CanonicalEntry | undefined> {
    const keyGroups = [...this.#groups.keys()].sort((a, b) => a - b);
    let sorted = 0;
    for (const keyGroup of keyGroups) {
      const group = this.#groups.get(keyGroup)!;
      // Many key groups hold few entries each: they need no pause of their own.
      sorted += group.starts.length;
      if (sorted > RUN) {
        yield undefined;
        sorted = group.starts.length;
      }
      yield* entriesOf(keyGroup, group);
      this.#groups.delete(keyGroup);
    }
  }
}

function* entriesOf(
  keyGroup: number,
  { bytes, starts, addressEnds }: GatheredGroup,
): Generator<CanonicalEntry | undefined> {
  const all = bytes.view();
  const order = yield* sortedInSlices(starts.length, (left, right) =>
    all.compare(all, starts[right]!, addressEnds[right], starts[left], addressEnds[left]),
  );
  for (const at of order) {
    const start = starts[at]!;
    const addressEnd = addressEnds[at]!;
    yield {
      keyGroup,
      state: all.readUInt16BE(start),
      address: all.subarray(start + STATE_BYTES, addressEnd),
      value: all.subarray(addressEnd, starts[at + 1] ?? all.length),
    };
  }
}
