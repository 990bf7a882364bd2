/** A list of an operator's own: each value is an entry of its own in a checkpoint. */
import type { ByteWriter } from '../../record/codec/byte-writer.js';
import type { StateCodec } from '../state-codec.js';
import { writeCodec } from './write-codec.js';

export class OperatorListState<T> {
  #values: readonly T[];

  constructor(
    private readonly codec: StateCodec<T>,
    values: readonly T[],
  ) {
    this.#values = values;
  }

  get(): readonly T[] {
    return this.#values;
  }

  update(values: readonly T[]): void {
    this.#values = [...values];
  }

  /** Writes each entry and calls `entry` behind it. @internal */
  write(out: ByteWriter, entry: () => void): void {
    for (const value of this.#values) {
      writeCodec(this.codec, out);
      this.codec.encode(value, out);
      entry();
    }
  }
}
