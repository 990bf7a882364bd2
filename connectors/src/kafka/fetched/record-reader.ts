/** Reads what a record of Kafka consists of: numbers of variable length, and bytes with their length before them. */
export class RecordReader {
  constructor(
    private readonly buffer: Buffer,
    public at = 0,
  ) {}

  /** A number whose sign is its lowest bit ("zigzag"). Exact up to 2 ** 52. */
  varint(): number {
    const first = this.#byte();
    if (first < 0x80) return (first >>> 1) ^ -(first & 1);
    let value = first & 0x7f;
    for (let [byte, factor] = [first, 0x80]; byte >= 0x80; factor *= 0x80) {
      byte = this.#byte();
      value += (byte & 0x7f) * factor;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #byte(): number {
    const byte = this.buffer[this.at++];
    if (byte === undefined) throw new RangeError('a record of Kafka ends too early');
    return byte;
  }

  /** A length and so many bytes; null for a negative one. */
  bytes(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const start = this.skip(length);
    return this.buffer.subarray(start, this.at);
  }

  /** @returns where they begin */
  skip(bytes: number): number {
    const start = this.at;
    this.at += bytes;
    if (this.at > this.buffer.length) throw new RangeError('a record of Kafka ends too early');
    return start;
  }
}
