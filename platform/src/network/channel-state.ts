/**
 * The frames that a barrier overtook as bytes of a checkpoint (`ChannelStateHandle.elements`): a version, the schemas of
 * the sources as JSON, and the frames. So a later run can read them whose schemas are others.
 */
import { ByteReader, CorruptBytesError } from '../record/codec/byte-reader.js';
import { ByteWriter } from '../record/codec/byte-writer.js';
import { RecordResolver } from '../record/codec/record-resolver.js';
import { Unresolvable } from '../record/codec/schema-resolution.js';
import type { SourceSchemas } from '../record/codec/stream-record-codec.js';
import { DeadLetter } from '../record/dead-letter.js';
import { ElementCodec } from './element-codec.js';
import type { FrameElement } from './element.js';

const VERSION = 1;

export class ChannelStateCodec {
  readonly #elements: ElementCodec;
  readonly #schemas: string;

  constructor(private readonly schemas: SourceSchemas) {
    this.#elements = new ElementCodec(schemas);
    this.#schemas = JSON.stringify(schemas);
  }

  write(frames: readonly FrameElement[]): Uint8Array {
    const out = new ByteWriter();
    const element = new ByteWriter();
    out.uint8(VERSION);
    out.string(this.#schemas);
    out.varint(frames.length);
    for (const frame of frames) {
      element.reset();
      this.#elements.write(frame, element);
      out.bytes(element.view());
    }
    return out.finish();
  }

  /** @returns why the frames cannot be read, if the sources' schemas have changed too much */
  read(bytes: Uint8Array): readonly FrameElement[] | Unresolvable {
    const reader = new ByteReader(bytes);
    const version = reader.uint8();
    if (version !== VERSION) return new Unresolvable(`in-flight records were written in version ${version}`);
    const written = reader.string();
    const frames = readFrames(reader, written === this.#schemas ? this.#elements : new ElementCodec(parse(written)));
    if (written === this.#schemas) return frames;
    const resolver = RecordResolver.between(parse(written), this.schemas);
    if (resolver instanceof Unresolvable) return resolver;
    return frames.map((frame) => ({
      ...frame,
      records: frame.records.map((record) => (record instanceof DeadLetter ? record : resolver.resolve(record))),
    }));
  }
}

function readFrames(bytes: ByteReader, codec: ElementCodec): FrameElement[] {
  const frames: FrameElement[] = [];
  for (let left = bytes.count(); left > 0; left--) {
    const element = codec.read(bytes.bytes());
    if (element.kind !== 'frame') throw new CorruptBytesError(`a ${element.kind} is among in-flight records`);
    frames.push(element);
  }
  if (bytes.remaining > 0) throw new CorruptBytesError(`${bytes.remaining} bytes are left behind in-flight records`);
  return frames;
}

function parse(schemas: string): SourceSchemas {
  try {
    return JSON.parse(schemas) as SourceSchemas;
  } catch {
    throw new CorruptBytesError('the schemas of in-flight records are no JSON');
  }
}
