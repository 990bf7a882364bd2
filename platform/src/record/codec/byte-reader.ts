/**
 * Reads what a ByteWriter wrote.
 *
 * Invariants
 * - It never reads beyond its end: truncated or damaged bytes are a `CorruptBytesError`, never a shorter value.
 * - What `bytes` and `raw` give shares the memory of the source.
 */
export class CorruptBytesError extends Error {
  override readonly name = 'CorruptBytesError';
}

export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;
  #end: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = 0;
    this.#end = bytes.byteLength;
  }

  get position(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  #take(bytes: number): number {
    const at = this.#at;
    if (!(bytes <= this.#end - at)) throw new CorruptBytesError(`${bytes} bytes wanted, ${this.#end - at} there`);
    this.#at = at + bytes;
    return at;
  }

  uint8(): number {
    return this.#bytes[this.#take(1)]!;
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  double(): number {
    return this.#bytes.readDoubleBE(this.#take(8));
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.uint8();
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    if (!Number.isSafeInteger(value)) throw new CorruptBytesError('an integer is too large');
    return value;
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  string(): string {
    const marked = this.varint();
    const bytes = marked % 2 === 0 ? marked / 2 : marked - 1;
    const at = this.#take(bytes);
    return this.#bytes.toString(marked % 2 === 0 ? 'utf8' : 'utf16le', at, at + bytes);
  }

  bytes(): Uint8Array {
    return this.raw(this.varint());
  }

  raw(bytes: number): Uint8Array {
    const at = this.#take(bytes);
    return this.#bytes.subarray(at, at + bytes);
  }
}
