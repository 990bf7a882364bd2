/**
 * `npm run -s bench:codec`: small events through the codec of their schema, and JSON beside it. One JSON line: nanoseconds
 * an event, medians of interleaved rounds; `element` is a channel's frame with origins, timestamps and keys as it is kept,
 * `passing` as it passes between threads, `crossing` that of an event with more texts (the pipeline benchmark's).
 */
import { ElementCodec } from '../src/network/element-codec.js';
import type { FrameElement } from '../src/network/element.js';
import { PassingReader } from '../src/network/passing/passing-reader.js';
import { PassingWriter } from '../src/network/passing/passing-writer.js';
import { SourceForms } from '../src/network/passing/source-forms.js';
import { ByteReader } from '../src/record/codec/byte-reader.js';
import { ByteWriter } from '../src/record/codec/byte-writer.js';
import { ReadDictionary, WriteDictionary } from '../src/record/codec/dictionary.js';
import { RecordForm } from '../src/record/codec/record-form.js';
import type { SourceSchemas } from '../src/record/codec/stream-record-codec.js';
import { StreamRecord } from '../src/record/stream-record.js';
import { eventAt } from './pipeline/events.js';
import { EVENT } from './pipeline/graph.js';
import { FRAME_RECORDS, makePayments, PAYMENTS } from './ring/payments.js';

const FRAMES = 40;
const ROUNDS = 40;
const WARM_UP = 10;

const frames = Array.from({ length: FRAMES }, (_, frame) => makePayments(frame));
const values = frames.flatMap(({ records }) => records.map(({ value }) => value));
const form = new RecordForm(PAYMENTS['payments']!);
const elements = new ElementCodec(PAYMENTS);
const out = new ByteWriter(2 ** 22);
const dictionary = new WriteDictionary();

function encodeValues(): void {
  out.reset();
  for (const value of values) form.write(value, out, dictionary);
}

encodeValues();
const valueBytes = out.finish();
const elementBytes = frames.map((frame) => {
  out.reset();
  elements.write(frame, out);
  return out.finish();
});
const texts = values.map((value) => JSON.stringify(value));

/** A channel between two threads, in one: what it has written is read in the next step. */
class Crossing {
  readonly #writer: PassingWriter;
  readonly #reader: PassingReader;
  #written: readonly Uint8Array[] = [];

  constructor(
    schemas: SourceSchemas,
    private readonly frames: readonly FrameElement[],
  ) {
    this.#writer = new PassingWriter(new SourceForms(schemas));
    this.#reader = new PassingReader(new SourceForms(schemas));
  }

  write(): void {
    this.#written = this.frames.map((frame) => this.#writer.write(frame).slice());
  }

  read(): void {
    for (const bytes of this.#written) this.#reader.read(bytes);
  }
}

function pipelineFrame(frame: number): FrameElement {
  const split = { ingress: 'events', id: '0' };
  const records = Array.from({ length: FRAME_RECORDS }, (_, i) => {
    const event = eventAt(frame * FRAME_RECORDS + i, 10_000);
    return new StreamRecord({ ...event }, event.ts, 'events', split, event.id, undefined, undefined);
  });
  return { kind: 'frame', records, keys: records.map(({ value }) => value['key'] as string) };
}

const passing = new Crossing(PAYMENTS, frames);
const crossing = new Crossing(
  { events: EVENT },
  frames.map((_, frame) => pipelineFrame(frame)),
);

const measured: Readonly<Record<string, () => void>> = {
  encodeNs: encodeValues,
  decodeNs: () => {
    const bytes = new ByteReader(valueBytes);
    const known = new ReadDictionary();
    while (bytes.remaining > 0) form.read(bytes, known);
  },
  elementEncodeNs: () => {
    for (const frame of frames) {
      out.reset();
      elements.write(frame, out);
    }
  },
  elementDecodeNs: () => {
    for (const bytes of elementBytes) elements.read(bytes);
  },
  passingEncodeNs: () => passing.write(),
  passingDecodeNs: () => passing.read(),
  crossingEncodeNs: () => crossing.write(),
  crossingDecodeNs: () => crossing.read(),
  jsonEncodeNs: () => {
    for (const value of values) JSON.stringify(value);
  },
  jsonDecodeNs: () => {
    for (const text of texts) JSON.parse(text);
  },
};

const times = new Map<string, number[]>(Object.keys(measured).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(measured)) {
    const start = performance.now();
    run();
    if (round >= WARM_UP) times.get(name)!.push(performance.now() - start);
  }
}

const median = (list: number[]): number => list.sort((a, b) => a - b)[list.length >> 1]!;
const nanoseconds = [...times].map(([name, list]) => [name, Math.round((median(list) * 1e6) / values.length)]);
console.log(JSON.stringify({ ...Object.fromEntries(nanoseconds), bytes: valueBytes.length / values.length }));
