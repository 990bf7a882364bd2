/**
 * The tables of a key's pattern state as bytes: when its first window ends, then events, runs, heaps and whose they are.
 *
 * Invariants
 * - An event's time is its record's: it is not written twice.
 * - Each table stands behind its length, so bytes that were cut short are refused.
 */
import { NONE, START, type PlainNode, type PlainState } from '@tidegate/cep';
import type { ByteReader } from '../../record/codec/byte-reader.js';
import type { ByteWriter } from '../../record/codec/byte-writer.js';
import { ReadDictionary, WriteDictionary } from '../../record/codec/dictionary.js';
import { StreamRecordCodec, type SourceSchemas } from '../../record/codec/stream-record-codec.js';
import type { StreamRecord } from '../../record/stream-record.js';

type Tables = PlainState<StreamRecord>;

export class PlainStateCodec {
  readonly #records: StreamRecordCodec;
  readonly #dictionary = new WriteDictionary();

  constructor(schemas: SourceSchemas) {
    this.#records = new StreamRecordCodec(schemas);
  }

  write({ due, events, nodes, heaps, shares }: Tables, out: ByteWriter): void {
    out.double(due);
    out.varint(events.length);
    this.#dictionary.reset();
    for (const event of events) this.#records.write(event, out, this.#dictionary);
    out.varint(nodes.length);
    for (let index = 0; index < nodes.length; index++) writeNode(nodes, index, out);
    out.varint(heaps.length);
    for (const { runs, completed } of heaps) {
      writeRuns(runs, out);
      writeRuns(completed, out);
    }
    out.varint(shares.length);
    let next = 0;
    for (const share of shares) {
      out.varint(share.rule - next);
      out.varint(share.count);
      out.varint(share.heaps);
      next = share.rule + share.count;
    }
  }

  /** Fills `plain`. @throws CorruptBytesError */
  read(bytes: ByteReader, plain: Tables): void {
    plain.clear();
    plain.due = readDue(bytes);
    const dictionary = new ReadDictionary();
    for (let left = bytes.count(); left > 0; left--) {
      const event = this.#records.read(bytes, dictionary);
      plain.events.push(event);
      plain.timestamps.push(event.timestamp);
    }
    for (let left = bytes.count(); left > 0; left--) plain.nodes.push(readNode(plain.nodes, bytes));
    for (let left = bytes.count(); left > 0; left--)
      plain.heaps.push({ runs: readRuns(bytes), completed: readRuns(bytes) });
    let next = 0;
    for (let left = bytes.count(); left > 0; left--) {
      const rule = next + bytes.varint();
      const count = bytes.varint();
      plain.shares.push({ rule, count, heaps: bytes.varint() });
      next = rule + count;
    }
  }
}

/** When the first window of the key ends: it is read without the rest. +Infinity for never. */
export function readDue(bytes: ByteReader): number {
  return bytes.double();
}

/** Most nodes have an event of their own and the node before as their parent, so both are told by the difference. */
function writeNode(nodes: readonly PlainNode[], index: number, out: ByteWriter): void {
  const { event, stage, parent, position } = nodes[index]!;
  const isNewEvent = event !== (nodes[index - 1]?.event ?? NONE);
  out.varint((position - NONE) * 2 + (isNewEvent ? 1 : 0));
  out.varint(stage);
  out.varint(parent === NONE ? 0 : index - parent);
}

function readNode(nodes: readonly PlainNode[], bytes: ByteReader): PlainNode {
  const marked = bytes.varint();
  const event = (nodes.at(-1)?.event ?? NONE) + (marked % 2);
  const stage = bytes.varint();
  const back = bytes.varint();
  return { event, stage, parent: back === 0 ? NONE : nodes.length - back, position: Math.floor(marked / 2) + NONE };
}

function writeRuns(runs: readonly number[], out: ByteWriter): void {
  out.varint(runs.length);
  for (const run of runs) out.varint(run - START);
}

function readRuns(bytes: ByteReader): number[] {
  const runs: number[] = [];
  for (let left = bytes.count(); left > 0; left--) runs.push(bytes.varint() + START);
  return runs;
}
