/**
 * Writes and reads the elements of a channel in a form that is kept: each is self-contained together with the schemas of
 * its records' sources, and can be read in any order, by a later build too. What passes between threads of one process has
 * a quicker one (`passing/`).
 *
 * Invariants
 * - An element comes back as it was, or its bytes are refused: trailing bytes too.
 * - The form changes with a version alone (`channel-state.ts`).
 */
import { CorruptBytesError, ByteReader } from '../record/codec/byte-reader.js';
import { ByteWriter } from '../record/codec/byte-writer.js';
import { readDeadLetter, writeDeadLetter } from '../record/codec/dead-letter-codec.js';
import { ReadDictionary, WriteDictionary } from '../record/codec/dictionary.js';
import { readKey, writeKey } from '../record/codec/key-codec.js';
import { StreamRecordCodec, type SourceSchemas } from '../record/codec/stream-record-codec.js';
import { DeadLetter } from '../record/dead-letter.js';
import type { Key } from '../record/key.js';
import { KIND, readControl, refuseRest, writeControl } from './control-codec.js';
import type { ElementEnds, ElementWriter } from './element-ends.js';
import type { FrameElement, Payload, StreamElement } from './element.js';

/** What is not as in most frames. */
const FRAME = { keys: 1, deadLetters: 2 } as const;
/** Of all writers of the thread. */
const OUT = new ByteWriter(64 * 1024);

export class ElementCodec implements ElementEnds {
  readonly #records: StreamRecordCodec;
  readonly #dictionary = new WriteDictionary();

  constructor(schemas: SourceSchemas) {
    this.#records = new StreamRecordCodec(schemas);
  }

  writer(): ElementWriter {
    return {
      write: (element) => {
        OUT.reset();
        this.write(element, OUT);
        return OUT.view();
      },
      discard: () => undefined,
    };
  }

  write(element: StreamElement, out: ByteWriter): void {
    if (element.kind === 'frame') this.#writeFrame(element, out);
    else writeControl(element, out);
  }

  read(bytes: Uint8Array): StreamElement {
    const reader = new ByteReader(bytes);
    const kind = reader.uint8();
    const element = kind === KIND.frame ? this.#readFrame(reader) : readControl(kind, reader);
    refuseRest(reader);
    return element;
  }

  #writeFrame({ records, keys }: FrameElement, out: ByteWriter): void {
    const hasLetters = records.some((record) => record instanceof DeadLetter);
    out.uint8(KIND.frame);
    out.uint8((keys === undefined ? 0 : FRAME.keys) | (hasLetters ? FRAME.deadLetters : 0));
    out.varint(records.length);
    this.#dictionary.reset();
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      if (hasLetters) out.uint8(record instanceof DeadLetter ? 1 : 0);
      if (record instanceof DeadLetter) writeDeadLetter(record, out);
      else this.#records.write(record, out, this.#dictionary);
      if (keys !== undefined) writeKey(keys[i], out);
    }
  }

  #readFrame(bytes: ByteReader): FrameElement {
    const flags = bytes.uint8();
    if (flags > (FRAME.keys | FRAME.deadLetters)) throw new CorruptBytesError(`a frame begins with ${flags}`);
    const dictionary = new ReadDictionary();
    const records: Payload[] = [];
    const keys: (Key | undefined)[] | undefined = (flags & FRAME.keys) === 0 ? undefined : [];
    for (let left = bytes.count(); left > 0; left--) {
      const isLetter = (flags & FRAME.deadLetters) !== 0 && bytes.flag();
      records.push(isLetter ? readDeadLetter(bytes) : this.#records.read(bytes, dictionary));
      keys?.push(readKey(bytes));
    }
    return { kind: 'frame', records, keys };
  }
}
