/**
 * Writes and reads the elements of a channel, each self-contained together with the schemas of its records' sources.
 *
 * Invariants
 * - An element comes back as it was, or its bytes are refused: trailing bytes too.
 * - What is kept has a form that changes with a version alone (`channel-state.ts`); the two ends of a channel are of one build.
 */
import { CorruptBytesError, ByteReader } from '../record/codec/byte-reader.js';
import { ByteWriter } from '../record/codec/byte-writer.js';
import { readDeadLetter, writeDeadLetter } from '../record/codec/dead-letter-codec.js';
import { ReadDictionary, WriteDictionary } from '../record/codec/dictionary.js';
import { StreamRecordCodec, type SourceSchemas } from '../record/codec/stream-record-codec.js';
import { TextReader } from '../record/codec/text-blocks.js';
import { DeadLetter } from '../record/dead-letter.js';
import type { Key } from '../record/key.js';
import { readBarrier, writeBarrier } from './barrier-codec.js';
import type { FrameElement, Payload, StreamElement } from './element.js';
import { FrameKeysReader, FrameKeysWriter } from './frame-keys.js';

const KIND = { frame: 0, watermark: 1, barrier: 2, idle: 3, active: 4, end: 5 } as const;
/** What is not as in most frames. */
const FRAME = { keys: 1, deadLetters: 2 } as const;

/** Whether elements are kept in checkpoints, or only pass from one end of a channel to the other: then texts are aside. */
export type ElementUse = 'kept' | 'passing';

export class ElementCodec {
  readonly #records: StreamRecordCodec;
  readonly #dictionary = new WriteDictionary();
  /** Rows of a frame that passes: they come behind their texts. */
  readonly #rows = new ByteWriter();

  constructor(
    schemas: SourceSchemas,
    private readonly use: ElementUse = 'kept',
  ) {
    this.#records = new StreamRecordCodec(schemas, use === 'kept' ? 'inline' : 'aside');
  }

  write(element: StreamElement, out: ByteWriter): void {
    out.uint8(KIND[element.kind]);
    switch (element.kind) {
      case 'frame':
        return this.#writeFrame(element, out);
      case 'watermark':
        return out.double(element.watermark);
      case 'barrier':
        return writeBarrier(element.barrier, out);
    }
  }

  /** @param bytes one element's, exactly */
  read(bytes: Uint8Array): StreamElement {
    const reader = new ByteReader(bytes);
    const element = this.#readElement(reader);
    if (reader.remaining > 0) throw new CorruptBytesError(`${reader.remaining} bytes are left behind an element`);
    return element;
  }

  #readElement(bytes: ByteReader): StreamElement {
    const kind = bytes.uint8();
    switch (kind) {
      case KIND.frame:
        return this.#readFrame(bytes);
      case KIND.watermark:
        return { kind: 'watermark', watermark: bytes.double() };
      case KIND.barrier:
        return { kind: 'barrier', barrier: readBarrier(bytes) };
      case KIND.idle:
        return { kind: 'idle' };
      case KIND.active:
        return { kind: 'active' };
      case KIND.end:
        return { kind: 'end' };
      default:
        throw new CorruptBytesError(`no element begins with ${kind}`);
    }
  }

  #writeFrame({ records, keys }: FrameElement, out: ByteWriter): void {
    const hasLetters = records.some((record) => record instanceof DeadLetter);
    out.uint8((keys === undefined ? 0 : FRAME.keys) | (hasLetters ? FRAME.deadLetters : 0));
    this.#dictionary.reset();
    if (this.use === 'kept') return this.#writeRows(records, keys, hasLetters, out);
    this.#rows.reset();
    this.#writeRows(records, keys, hasLetters, this.#rows);
    this.#dictionary.texts.writeTo(out);
    out.raw(this.#rows.view());
  }

  #writeRows(records: readonly Payload[], keys: FrameElement['keys'], hasLetters: boolean, out: ByteWriter): void {
    out.varint(records.length);
    const keysWriter = keys === undefined ? undefined : FrameKeysWriter.begin(this.use, records, keys, out);
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      if (hasLetters) out.uint8(record instanceof DeadLetter ? 1 : 0);
      if (record instanceof DeadLetter) writeDeadLetter(record, out);
      else this.#records.write(record, out, this.#dictionary);
      keysWriter?.write(keys![i], record);
    }
  }

  #readFrame(bytes: ByteReader): FrameElement {
    const flags = bytes.uint8();
    if (flags > (FRAME.keys | FRAME.deadLetters)) throw new CorruptBytesError(`a frame begins with ${flags}`);
    const texts = this.use === 'kept' ? undefined : new TextReader(bytes);
    const dictionary = new ReadDictionary(texts);
    const records: Payload[] = [];
    const keys: (Key | undefined)[] | undefined = (flags & FRAME.keys) === 0 ? undefined : [];
    const count = bytes.count();
    const keysReader = keys === undefined ? undefined : FrameKeysReader.begin(this.use, bytes);
    for (let left = count; left > 0; left--) {
      const isLetter = (flags & FRAME.deadLetters) !== 0 && bytes.flag();
      const record = isLetter ? readDeadLetter(bytes) : this.#records.read(bytes, dictionary);
      records.push(record);
      keys?.push(keysReader!.read(record));
    }
    if (texts?.isEmpty === false) throw new CorruptBytesError('texts are left behind a frame');
    return { kind: 'frame', records, keys };
  }
}
