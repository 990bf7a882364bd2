/** The bytes of one message, as Avro's primitive values are put into it (Avro 1.12, "Binary Encoding"). */
const FIRST_BYTES = 256;
/** So long is a varint of 64 bits. */
const LONG_BYTES = 10;
/** Up to it a zigzag number is a double's, and small enough for arithmetic on doubles. */
const SMALL = 2 ** 51;

export class AvroOutput {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #at = 0;

  /** All of it. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  boolean(value: boolean): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value ? 1 : 0;
  }

  /** A whole number of 64 bits. */
  long(value: number | bigint): void {
    this.#reserve(LONG_BYTES);
    if (typeof value === 'number' && value > -SMALL && value < SMALL) {
      let left = value < 0 ? -2 * value - 1 : 2 * value;
      for (; left >= 0x80; left = Math.floor(left / 0x80)) this.#bytes[this.#at++] = (left % 0x80) | 0x80;
      this.#bytes[this.#at++] = left;
      return;
    }
    const exact = BigInt(value);
    let left = exact < 0n ? -2n * exact - 1n : 2n * exact;
    for (; left >= 0x80n; left >>= 7n) this.#bytes[this.#at++] = Number(left & 0x7fn) | 0x80;
    this.#bytes[this.#at++] = Number(left);
  }

  float(value: number): void {
    this.#reserve(4);
    this.#at = this.#bytes.writeFloatLE(value, this.#at);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  fixed(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  lengthAndBytes(value: Uint8Array): void {
    this.long(value.length);
    this.fixed(value);
  }

  string(value: string): void {
    this.lengthAndBytes(Buffer.from(value));
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
