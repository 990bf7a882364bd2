/** The headers of a record, in their order. */
import { setOwn } from '../../common/own-property.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

export type Headers = Readonly<Record<string, string>>;

export function writeHeaders(headers: Headers, out: ByteWriter): void {
  const names = Object.keys(headers);
  out.varint(names.length);
  for (const name of names) {
    out.string(name);
    out.string(headers[name]!);
  }
}

export function readHeaders(bytes: ByteReader): Headers {
  const headers: Record<string, string> = {};
  for (let left = bytes.count(); left > 0; left--) {
    const name = bytes.string();
    setOwn(headers, name, bytes.string());
  }
  return headers;
}
