/** The origins of records: spelled out once in a piece of bytes, by index from then on. */
import type { Split } from '../stream-record.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import type { Origin, ReadDictionary, WriteDictionary } from './dictionary.js';

/** Origins are few, but nothing may grow for ever: beyond this they are made anew. */
const SHARED_MAX = 10_000;

export class OriginCodec {
  /** By split: what is read again and again is one object. */
  readonly #shared = new Map<string, Origin[]>();
  #sharedCount = 0;

  write(source: string, split: Split, out: ByteWriter, dictionary: WriteDictionary): void {
    const index = dictionary.origin(source, split);
    if (index !== undefined) return out.varint(index + 1);
    out.uint8(0);
    out.string(source);
    out.string(split.ingress);
    out.string(split.id);
  }

  read(bytes: ByteReader, dictionary: ReadDictionary): Origin {
    const reference = bytes.varint();
    if (reference > 0) return dictionary.origin(reference - 1);
    const origin = this.#share(bytes.string(), bytes.string(), bytes.string());
    dictionary.origins.push(origin);
    return origin;
  }

  #share(source: string, ingress: string, id: string): Origin {
    let sameId = this.#shared.get(id);
    if (sameId === undefined) {
      if (this.#sharedCount >= SHARED_MAX) {
        this.#shared.clear();
        this.#sharedCount = 0;
      }
      this.#shared.set(id, (sameId = []));
    }
    const known = sameId.find((origin) => origin.source === source && origin.split.ingress === ingress);
    if (known !== undefined) return known;
    const origin = { source, split: { ingress, id } };
    sameId.push(origin);
    this.#sharedCount++;
    return origin;
  }
}
