/**
 * One group of a frame's records. What describes it goes into the frame's head, its records into columns, and what has no
 * columns (values that have parts, headers, alerts) into rows: first those of all values, then the odd values, then the rest
 * record by record.
 */
import { readAlert, writeAlert } from '../../record/codec/alert-codec.js';
import { CorruptBytesError, type ByteReader } from '../../record/codec/byte-reader.js';
import type { ByteWriter } from '../../record/codec/byte-writer.js';
import type { Origin, ReadDictionary, WriteDictionary } from '../../record/codec/dictionary.js';
import { readHeaders, writeHeaders } from '../../record/codec/headers-codec.js';
import { readObject } from '../../record/codec/record-form.js';
import { writePlainValue } from '../../record/codec/plain-value-writer.js';
import { integerOf } from '../../record/columns/any-cells.js';
import type { ColumnShape, FrameContent, FrameSink } from '../../record/columns/column-shape.js';
import { readOddValues } from '../../record/columns/odd-values.js';
import { Repetition } from '../../record/columns/repetition.js';
import { StreamRecord, type Split } from '../../record/stream-record.js';
import { FLAG, FLAGS_END, type RecordGroup } from './record-groups.js';
import type { SourceForms } from './source-forms.js';

/** A group as its head tells of it. */
export interface GroupHead {
  readonly count: number;
  readonly flags: number;
  /** One, or with `manySplits` those that its records refer to. */
  readonly origins: readonly Origin[];
  readonly shape: ColumnShape | undefined;
}

export class GroupCodec {
  readonly #offsets = new Repetition();

  constructor(private readonly forms: SourceForms) {}

  /** @returns the splits of its records by their place in the head: `write` takes them */
  writeHead({ records, source, shape, flags }: RecordGroup, head: ByteWriter, dictionary: WriteDictionary): Splits {
    const splits = splitsOf(records);
    head.uint8(flags | (splits.size > 1 ? FLAG.manySplits : 0));
    head.varint(records.length);
    if (splits.size > 1) head.varint(splits.size);
    for (const split of splits.keys()) this.forms.origins.write(source, split, head, dictionary);
    if (shape !== undefined) this.forms.columnsOf(source).writeShape(shape, head);
    return splits;
  }

  write({ records, shape, flags }: RecordGroup, splits: Splits, sink: FrameSink): void {
    this.#writePlaces(records, splits, sink);
    if (shape === undefined) for (const { value } of records) writePlainValue(value, sink.out);
    else {
      shape.write(records, sink);
      sink.odd.writeTo(sink.out);
    }
    if ((flags & (FLAG.headers | FLAG.alerts)) !== 0) this.#writeRest(records, sink);
  }

  /** Where the records stand: timestamps, offsets and splits. */
  #writePlaces(records: readonly StreamRecord[], splits: Splits, { cells, texts }: FrameSink): void {
    const { length } = records;
    const times = cells.takeNumbers(length);
    const offsets = cells.takeNumbers(length);
    const { numbers } = cells;
    for (let i = 0; i < length; i++) {
      const { timestamp, offset } = records[i]!;
      numbers[times + i] = timestamp;
      numbers[offsets + i] = typeof offset === 'number' ? offset : texts.add(offset, this.#offsets);
    }
    if (splits.size <= 1) return;
    const indices = cells.takeWords(length);
    for (let i = 0; i < length; i++) cells.words[indices + i] = splits.get(records[i]!.split)!;
  }

  #writeRest(records: readonly StreamRecord[], { out, dictionary }: FrameSink): void {
    for (const { headers, alert } of records) {
      if (headers !== undefined) writeHeaders(headers, out);
      if (alert !== undefined) writeAlert(alert, this.forms.rows, out, dictionary);
    }
  }

  /** @param flags the first byte of what `writeHead` wrote */
  readHead(flags: number, head: ByteReader, dictionary: ReadDictionary): GroupHead {
    if (flags >= FLAGS_END) throw new CorruptBytesError(`a group begins with ${flags}`);
    const count = head.varint();
    const origins: Origin[] = [];
    for (let left = (flags & FLAG.manySplits) === 0 ? 1 : head.count(); left > 0; left--)
      origins.push(this.forms.origins.read(head, dictionary));
    if (origins.length === 0) throw new CorruptBytesError('a group has no origin');
    const shape = (flags & FLAG.keptPlain) === 0 ? this.forms.columnsOf(origins[0]!.source).readShape(head) : undefined;
    return { count, flags, origins, shape };
  }

  read({ count, flags, origins, shape }: GroupHead, content: FrameContent): StreamRecord[] {
    const { cells, bytes, dictionary } = content;
    const times = cells.takeNumbers(count);
    const offsets = cells.takeNumbers(count);
    const splits = (flags & FLAG.manySplits) === 0 ? undefined : cells.takeWords(count);
    const { numbers, words } = cells;
    const offsetTexts = (flags & FLAG.textOffsets) === 0 ? undefined : readTexts(offsets, count, content);
    const values = readValues(shape, count, content);
    const [first] = origins;
    const records = new Array<StreamRecord>(count);
    for (let i = 0; i < count; i++) {
      const origin = splits === undefined ? first! : origins[words[splits + i]!];
      if (origin === undefined) throw new CorruptBytesError('a split is missing');
      const headers = (flags & FLAG.headers) === 0 ? undefined : readHeaders(bytes);
      const alert = (flags & FLAG.alerts) === 0 ? undefined : readAlert(this.forms.rows, bytes, dictionary);
      const offset = offsetTexts === undefined ? integerOf(numbers[offsets + i]!) : offsetTexts[i]!;
      const time = numbers[times + i]!;
      records[i] = new StreamRecord(values[i]!, time, origin.source, origin.split, offset, headers, alert);
    }
    return records;
  }
}

/** By the split: its place. */
type Splits = ReadonlyMap<Split, number>;

function splitsOf(records: readonly StreamRecord[]): Splits {
  const splits = new Map<Split, number>();
  let last: Split | undefined;
  for (const { split } of records) {
    if (split === last) continue;
    if (!splits.has(split)) splits.set(split, splits.size);
    last = split;
  }
  return splits;
}

function readTexts(first: number, count: number, { cells, texts }: FrameContent): string[] {
  const read: string[] = [];
  for (let i = 0; i < count; i++) read.push(texts.next(cells.numbers[first + i]! >>> 0));
  return read;
}

function readValues(shape: ColumnShape | undefined, count: number, content: FrameContent): Record<string, unknown>[] {
  const { bytes } = content;
  if (shape !== undefined) {
    const values = shape.read(count, content);
    readOddValues(bytes, values, shape.names);
    return values;
  }
  const values: Record<string, unknown>[] = [];
  for (let i = 0; i < count; i++) values.push(readObject(bytes));
  return values;
}
