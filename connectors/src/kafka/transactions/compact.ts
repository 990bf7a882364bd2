/** Values of Kafka's "flexible" requests and answers, as far as they are needed here: compact texts and lists, tagged fields. */
export class CompactWriter {
  readonly #parts: Buffer[] = [];

  varint(value: number): this {
    const bytes: number[] = [];
    let left = value;
    for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left & 0x7f) | 0x80);
    this.#parts.push(Buffer.from([...bytes, left]));
    return this;
  }

  text(value: string): this {
    const bytes = Buffer.from(value);
    this.varint(bytes.length + 1);
    this.#parts.push(bytes);
    return this;
  }

  texts(values: readonly string[]): this {
    this.varint(values.length + 1);
    for (const value of values) this.text(value);
    return this;
  }

  /** No tagged fields. */
  noTags(): this {
    return this.varint(0);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Throws a RangeError where the bytes end too early. */
export class CompactReader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  int16(): number {
    return this.bytes.readInt16BE(this.#skip(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.#skip(4));
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.#skip(8));
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.bytes.readUInt8(this.#skip(1));
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const length = Math.max(0, this.varint() - 1);
    const start = this.#skip(length);
    if (this.#at > this.bytes.length) throw new RangeError('the answer ends within a text');
    return this.bytes.toString('utf8', start, this.#at);
  }

  list<T>(element: () => T): T[] {
    const length = Math.max(0, this.varint() - 1);
    return Array.from({ length }, element);
  }

  tags(): void {
    for (let left = this.varint(); left > 0; left--) {
      this.varint();
      this.#skip(this.varint());
    }
  }

  /** @returns where it began */
  #skip(length: number): number {
    const start = this.#at;
    this.#at += length;
    return start;
  }
}
