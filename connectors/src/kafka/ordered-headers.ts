/**
 * Records with headers as Kafka has them: a list, in which a name may come again and a value may be null. kafkajs takes an object,
 * which has each name once and in an order of its own, and fails on null.
 */
export type OrderedHeaders = readonly (readonly [name: string, value: string | Buffer | null])[];

/** What kafkajs makes a record of, and we, too. */
export interface EncodedMessage {
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
  readonly key?: string | Buffer | null;
  readonly value?: string | Buffer | null;
  readonly headers?: object | OrderedHeaders;
}

/** kafkajs's. */
export interface RecordEncoder {
  readonly buffer: Buffer;
  writeInt8(value: number): this;
  writeVarInt(value: number): this;
  writeVarLong(value: number): this;
  writeVarIntString(value: string): this;
  writeVarIntBytes(value: string | Buffer | null | undefined): this;
  writeEncoder(encoder: RecordEncoder): this;
  size(): number;
}

export type EncodeRecord = (message: EncodedMessage) => RecordEncoder;

/** @param Encoder kafkajs's */
export function withOrderedHeaders(theirs: EncodeRecord, Encoder: new () => RecordEncoder): EncodeRecord {
  return (message) => {
    const { offsetDelta = 0, timestampDelta = 0, key, value, headers } = message;
    if (!Array.isArray(headers)) return theirs(message);
    const ordered = headers as OrderedHeaders;
    const body = new Encoder()
      .writeInt8(0)
      .writeVarLong(timestampDelta)
      .writeVarInt(offsetDelta)
      .writeVarIntBytes(key)
      .writeVarIntBytes(value)
      .writeVarInt(ordered.length);
    for (const [name, content] of ordered) body.writeVarIntString(name).writeVarIntBytes(content);
    return new Encoder().writeVarInt(body.size()).writeEncoder(body);
  };
}
