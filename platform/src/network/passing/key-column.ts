/**
 * The keys of a frame's records. Mostly a key is the value of one field: then the frame names the field. Otherwise keys have
 * a column.
 */
import { CorruptBytesError, type ByteReader } from '../../record/codec/byte-reader.js';
import type { ByteWriter } from '../../record/codec/byte-writer.js';
import { asKey } from '../../record/codec/key-codec.js';
import { putAny, takeAny } from '../../record/columns/any-cells.js';
import type { FrameContent, FrameSink } from '../../record/columns/column-shape.js';
import { Repetition } from '../../record/columns/repetition.js';
import { DeadLetter } from '../../record/dead-letter.js';
import type { Key } from '../../record/key.js';
import type { Payload } from '../element.js';

export type Keys = readonly (Key | undefined)[];

const KEYS = { none: 0, field: 1, column: 2 } as const;

export class KeyColumn {
  readonly #repetition = new Repetition();

  /** @param head takes what is read first */
  write(keys: Keys | undefined, records: readonly Payload[], sink: FrameSink, head: ByteWriter): void {
    if (keys === undefined) return head.uint8(KEYS.none);
    const field = fieldOf(records, keys);
    if (field !== undefined) {
      head.uint8(KEYS.field);
      return head.string(field);
    }
    head.uint8(KEYS.column);
    const { cells, texts, out } = sink;
    const numbers = cells.takeNumbers(keys.length);
    const tags = cells.takeBytes(keys.length);
    for (let i = 0; i < keys.length; i++) putAny(keys[i], cells, numbers + i, tags + i, texts, this.#repetition, out);
  }
}

/** The field whose value is the key of each record. */
function fieldOf(records: readonly Payload[], keys: Keys): string | undefined {
  const [first] = records;
  if (first === undefined || first instanceof DeadLetter || keys[0] === undefined) return undefined;
  const field = Object.keys(first.value).find((name) => Object.is(first.value[name], keys[0]));
  return field !== undefined && records.every((record, i) => isKey(record, field, keys[i])) ? field : undefined;
}

function isKey(record: Payload, field: string, key: Key | undefined): boolean {
  return key !== undefined && !(record instanceof DeadLetter) && Object.is(record.value[field], key);
}

/** What comes first of what was written of the keys. */
export function readKeyField(head: ByteReader): 'none' | 'column' | { readonly field: string } {
  const kind = head.uint8();
  switch (kind) {
    case KEYS.none:
      return 'none';
    case KEYS.field:
      return { field: head.string() };
    case KEYS.column:
      return 'column';
    default:
      throw new CorruptBytesError(`keys begin with ${kind}`);
  }
}

export function readKeys(
  place: ReturnType<typeof readKeyField>,
  records: readonly Payload[],
  { cells, texts, bytes }: FrameContent,
): Keys | undefined {
  if (place === 'none') return undefined;
  if (place !== 'column') return keysIn(records, place.field);
  const numbers = cells.takeNumbers(records.length);
  const tags = cells.takeBytes(records.length);
  return records.map((_, i) => asKey(takeAny(cells, numbers + i, tags + i, texts, bytes)));
}

function keysIn(records: readonly Payload[], name: string): Keys {
  // A name as property names are: with any other text V8 has to find it first, each time.
  const field = Object.keys({ [name]: 0 })[0]!;
  const keys = new Array<Key | undefined>(records.length);
  for (let i = 0; i < records.length; i++) {
    const record = records[i]!;
    if (record instanceof DeadLetter) throw new CorruptBytesError('a dead letter has no fields');
    keys[i] = asKey(record.value[field]);
  }
  return keys;
}
