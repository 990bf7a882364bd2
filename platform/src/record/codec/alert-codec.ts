/** What makes a record an alert: its envelope with the matched events, which are records themselves. */
import type { AlertEnvelope, MatchedStage, StreamRecord } from '../stream-record.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import type { ReadDictionary, WriteDictionary } from './dictionary.js';
import { readKey, writeKey } from './key-codec.js';
import { readPlainValue } from './plain-value-reader.js';
import { writePlainValue } from './plain-value-writer.js';

/** Who writes and reads the matched events. */
export interface EventCodec {
  write(record: StreamRecord, out: ByteWriter, dictionary: WriteDictionary): void;
  read(bytes: ByteReader, dictionary: ReadDictionary): StreamRecord;
}

export function writeAlert(
  alert: AlertEnvelope,
  events: EventCodec,
  out: ByteWriter,
  dictionary: WriteDictionary,
): void {
  out.string(alert.id);
  out.string(alert.rule);
  out.string(alert.severity);
  out.varint(alert.tags.length);
  for (const tag of alert.tags) out.string(tag);
  writePlainValue(alert.key, out);
  out.double(alert.time);
  writeOptionalText(alert.message, out);
  out.varint(alert.stages.length);
  for (const stage of alert.stages) {
    out.string(stage.name);
    out.varint(stage.events.length);
    for (const event of stage.events) events.write(event, out, dictionary);
  }
  writeOptionalText(alert.timedOutAt, out);
  out.uint8(alert.isSelected ? 1 : 0);
  writeKey(alert.suppressBy, out);
}

export function readAlert(events: EventCodec, bytes: ByteReader, dictionary: ReadDictionary): AlertEnvelope {
  return {
    id: bytes.string(),
    rule: bytes.string(),
    severity: bytes.string(),
    tags: readList(bytes, () => bytes.string()),
    key: readPlainValue(bytes),
    time: bytes.double(),
    message: readOptionalText(bytes),
    stages: readList(bytes, () => readStage(events, bytes, dictionary)),
    timedOutAt: readOptionalText(bytes),
    isSelected: bytes.flag(),
    suppressBy: readKey(bytes),
  };
}

function readStage(events: EventCodec, bytes: ByteReader, dictionary: ReadDictionary): MatchedStage {
  return { name: bytes.string(), events: readList(bytes, () => events.read(bytes, dictionary)) };
}

function writeOptionalText(text: string | undefined, out: ByteWriter): void {
  out.uint8(text === undefined ? 0 : 1);
  if (text !== undefined) out.string(text);
}

function readOptionalText(bytes: ByteReader): string | undefined {
  return bytes.flag() ? bytes.string() : undefined;
}

function readList<T>(bytes: ByteReader, read: () => T): T[] {
  const values: T[] = [];
  for (let left = bytes.count(); left > 0; left--) values.push(read());
  return values;
}
