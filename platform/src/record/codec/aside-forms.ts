/** How texts are written by codecs that keep them aside from the values; see `text-blocks.ts`. */
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { readTaggedValue } from './plain-value-reader.js';
import { PLAIN_TAG } from './plain-value-tags.js';
import { writePlainValue } from './plain-value-writer.js';
import type { TextReader, TextWriter } from './text-blocks.js';
import type { ValueForm } from './value-form.js';

/** Puts what stands for the text. */
const PUT_TEXT = 'let z = dictionary.texts.add(x); for (; z > 127; z >>>= 7) b[at++] = z | 128; b[at++] = z;';
const TEXT_BYTES = 5;

export const STRING_ASIDE: ValueForm = {
  fits: "typeof x === 'string'",
  write: 'out.varint(dictionary.texts.add(x));',
  read: 'dictionary.texts.next(bytes.varint())',
  quick: { put: PUT_TEXT, bytes: TEXT_BYTES },
};

export const PLAIN_ASIDE: ValueForm = {
  write: 'calls.writePlain(x, out);',
  read: 'calls.readPlainAside(bytes, dictionary.texts)',
  quick: {
    when: "typeof x === 'string'",
    put: `b[at++] = ${PLAIN_TAG.string}; ${PUT_TEXT}`,
    bytes: 1 + TEXT_BYTES,
  },
};

/** A value whose texts are inline but for what is a text itself. */
export function writePlainAside(value: unknown, out: ByteWriter, texts: TextWriter): void {
  if (typeof value !== 'string') return writePlainValue(value, out);
  out.uint8(PLAIN_TAG.string);
  out.varint(texts.add(value));
}

export function readPlainAside(bytes: ByteReader, texts: TextReader): unknown {
  const tag = bytes.uint8();
  return tag === PLAIN_TAG.string ? texts.next(bytes.varint()) : readTaggedValue(tag, bytes);
}
