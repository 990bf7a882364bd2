/**
 * Entries of a snapshot as they are taken, in the order of a Map, until they are sorted by key group and given out in
 * canonical order. They are held as bytes, so that the live values may change.
 *
 * Invariants
 * - What cannot be written is remembered as the snapshot's failure and never thrown at who touched the entry.
 * - A group stays as it was written for as long as somebody has it: of what is still the same the next snapshot copies the
 *   bytes, as most of the work of a snapshot is writing values.
 */
import { murmur3 } from '../../common/murmur3.js';
import { ByteWriter } from '../../record/codec/byte-writer.js';
import { keyBytes, type Key } from '../../record/key.js';
import type { CanonicalEntry } from '../canonical/canonical-format.js';
import type { StateCodec } from '../state-codec.js';
import { RUN, sortedInSlices } from './sorted-in-slices.js';

const STATE_BYTES = 2;

/** One key group's entries, one behind the other: state (2 bytes), address, value. */
export class GatheredGroup {
  readonly #bytes = new ByteWriter();
  readonly #starts: number[] = [];
  readonly #addressEnds: number[] = [];

  constructor(readonly keyGroup: number) {}

  get size(): number {
    return this.#starts.length;
  }

  /** Number of the entry that was added last. */
  get last(): number {
    return this.size - 1;
  }

  /** Throws what the codec threw, and has nothing of the entry then. @param mapKey its bytes; undefined: one value a key */
  add<T>(state: number, key: Uint8Array, mapKey: Uint8Array | undefined, value: T, codec: StateCodec<T>): void {
    const bytes = this.#bytes;
    const start = bytes.length;
    try {
      bytes.uint16(state);
      if (mapKey === undefined) bytes.raw(key);
      else {
        bytes.bytes(key);
        bytes.raw(mapKey);
      }
      const addressEnd = bytes.length;
      codec.encode(value, bytes);
      this.#starts.push(start);
      this.#addressEnds.push(addressEnd);
    } catch (error) {
      bytes.close(start);
      throw error;
    }
  }

  /** An entry of the same key group as it stands there. */
  addWritten(state: number, from: GatheredGroup, at: number): void {
    const bytes = this.#bytes;
    const start = bytes.length;
    const shift = start - from.#starts[at]!;
    bytes.uint16(state);
    bytes.copyOf(from.#bytes, from.#starts[at]! + STATE_BYTES, from.#endOf(at));
    this.#starts.push(start);
    this.#addressEnds.push(from.#addressEnds[at]! + shift);
  }

  /** All entries in canonical order; undefined between pieces of bounded work. */
  *inOrder(): Generator<CanonicalEntry | undefined> {
    const { keyGroup } = this;
    const [starts, addressEnds, all] = [this.#starts, this.#addressEnds, this.#bytes.view()];
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
        value: all.subarray(addressEnd, this.#endOf(at)),
      };
    }
  }

  #endOf(at: number): number {
    return this.#starts[at + 1] ?? this.#bytes.length;
  }
}

export class GatheredEntries {
  readonly #groups = new Map<number, GatheredGroup>();
  #failure: unknown;

  constructor(private readonly maxParallelism: number) {}

  /**
   * @param mapKey undefined for states with one value a key
   * @returns where it stands as the last; undefined where it cannot be written
   */
  add<T>(state: number, key: Key, mapKey: Key | undefined, value: T, codec: StateCodec<T>): GatheredGroup | undefined {
    try {
      const ofKey = keyBytes(key);
      const group = this.#group(murmur3(ofKey) % this.maxParallelism);
      group.add(state, ofKey, mapKey === undefined ? undefined : keyBytes(mapKey), value, codec);
      return group;
    } catch (error) {
      this.#failure ??= error;
      return undefined;
    }
  }

  /** An entry that a snapshot before has written, and that is still the same. @returns where it stands as the last */
  addWritten(state: number, from: GatheredGroup, at: number): GatheredGroup {
    const group = this.#group(from.keyGroup);
    group.addWritten(state, from, at);
    return group;
  }

  #group(keyGroup: number): GatheredGroup {
    let group = this.#groups.get(keyGroup);
    if (group === undefined) this.#groups.set(keyGroup, (group = new GatheredGroup(keyGroup)));
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
      sorted += group.size;
      if (sorted > RUN) {
        yield undefined;
        sorted = group.size;
      }
      yield* group.inOrder();
      this.#groups.delete(keyGroup);
    }
  }
}
